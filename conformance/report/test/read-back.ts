import { DOMParser, type Document, type Element } from '@xmldom/xmldom'
import { lexer, type Token, type Tokens } from 'marked'
import { Parser } from 'tap-parser'
import { attribute, elementsOf, parsePage, textOf } from './html-page.js'

// What readers of the formats make of them: the states of the checks, by their titles, and whether the whole is a success.

/** What a format says. */
export interface Read {
  readonly states: ReadonlyMap<string, string>
  /** Would whoever reads it call it a success? */
  readonly ok: boolean
}

const wordOf = (text: string): string => /^[a-z-]+/.exec(text)?.[0] ?? ''

/** The elements called `name`, in their order. */
export const elementsIn = (of: Document | Element, name: string): Element[] => Array.from(of.getElementsByTagName(name))

/** A document of XML; throws on whatever is not well-formed. */
export const parseXml = (text: string): Document =>
  new DOMParser({
    onError: (level, message) => {
      // It warns of U+FFFD, as which half of a character often comes.
      if (level !== 'warning') throw new Error(`${level}: ${message}`)
    },
  }).parseFromString(text, 'text/xml')

export const readJunit = (text: string): Read => {
  const cases = elementsIn(parseXml(text), 'testcase')
  const checks = cases.filter(each => elementsIn(each, 'system-out').length > 0)
  const stateOf = (each: Element): string => wordOf(elementsIn(each, 'system-out')[0]?.textContent ?? '')
  return {
    states: new Map(checks.map(each => [each.getAttribute('name') ?? '', stateOf(each)])),
    ok: cases.every(each => elementsIn(each, 'failure').length + elementsIn(each, 'error').length === 0),
  }
}

interface TapDiagnostics {
  readonly state: string
}

export const readTap = (text: string): Read => {
  const states = new Map<string, string>()
  const parser = new Parser({ strict: true })
  parser.on('assert', ({ name, ok, diag }: { name: string; ok: boolean; diag: TapDiagnostics | null }) => {
    if (diag) states.set(name, diag.state)
    else if (ok) states.set(name, 'pass')
  })
  parser.end(text)
  const { results } = parser
  if (!results || results.plan.start !== 1 || results.count !== Math.max(0, results.plan.end ?? 0))
    throw new Error('not the test points that were planned')
  return { states, ok: results.ok }
}

interface Told {
  readonly level: string
  readonly suppressions?: readonly unknown[]
  readonly properties?: { readonly check: string; readonly transport: string; readonly state: string }
}

/** A log of SARIF, as far as it is read here. */
export interface SarifLog {
  readonly runs: readonly [
    {
      readonly invocations: readonly [
        {
          readonly executionSuccessful: boolean
          readonly exitCode: number
          readonly toolExecutionNotifications: readonly Told[]
        },
      ]
      readonly results: readonly (Told & {
        readonly ruleId: string
        readonly message: { readonly text: string }
        readonly partialFingerprints: Readonly<Record<string, string>>
      })[]
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }
    },
  ]
}

export const readSarif = (text: string): Read => {
  const [{ invocations, results }] = (JSON.parse(text) as SarifLog).runs
  const [{ executionSuccessful, toolExecutionNotifications }] = invocations
  const told = [...results, ...toolExecutionNotifications].flatMap(({ properties }) => properties ?? [])
  const findings = results.filter(({ level, suppressions }) => level === 'error' && !suppressions)
  return {
    states: new Map(told.map(({ check, transport, state }) => [`${check} over ${transport}`, state])),
    ok:
      executionSuccessful &&
      findings.length === 0 &&
      !toolExecutionNotifications.some(({ level }) => level === 'error'),
  }
}

const letterOf = (_: string, code: string): string => String.fromCodePoint(Number(code))

/** The text of what is written in code elements. */
const codesIn = (text: string): string[] =>
  [...text.matchAll(/<code>(.*?)<\/code>/g)].map(([, code = '']) => code.replace(/&#([0-9]+);/g, letterOf))

const isHeading = (token: Token): token is Tokens.Heading => token.type === 'heading'
const isTable = (token: Token): token is Tokens.Table => token.type === 'table'

export const readMarkdown = (text: string): Read => {
  const tokens = lexer(text)
  const [title] = tokens.filter(isHeading)
  const headings = tokens.filter(isHeading).filter(({ depth }) => depth === 3)
  const rows = tokens
    .filter(isTable)
    .flatMap(({ header, rows }) => (['check', 'test'].includes(header[0]?.text ?? '') ? rows : []))
  const said = [
    ...headings.map(({ text }) => codesIn(text)),
    ...rows.map(cells => cells.flatMap(cell => codesIn(cell.text))),
  ]
  return {
    states: new Map(said.map(([check = '', verdict = '']) => [check, wordOf(verdict)])),
    ok: / SAGE 1\.0( vectors)?: conformant/.test(title?.text ?? ''),
  }
}

export const readHtml = (text: string): Read => {
  const { elements } = parsePage(text)
  const checks = elements.filter(each => attribute(each, 'data-over') !== undefined && each.tagName === 'details')
  const nameOf = (check: (typeof checks)[number]): string =>
    elementsOf(check)
      .filter(each => attribute(each, 'class') === 'name')
      .map(textOf)
      .join()
  const verdict = elements.find(({ tagName }) => tagName === 'h1')
  return {
    states: new Map(
      checks.map(each => [
        `${nameOf(each)} over ${attribute(each, 'data-over') ?? ''}`,
        attribute(each, 'data-state') ?? '',
      ]),
    ),
    ok: verdict !== undefined && /^\S+ Conformant/.test(textOf(verdict).trim()),
  }
}
