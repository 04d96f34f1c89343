import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { Script } from 'node:vm'
import fc from 'fast-check'
import t from 'tap'
import type { Report } from '../../../schemas/index.js'
import { mutants } from '../../mutants/index.js'
import { reportFault } from '../../mutants/judge-mutant.js'
import { loadRequirementSet } from '../../trace/requirement-set.js'
import { clientScript } from '../html/assets.js'
import { encodeHtml } from '../html/encode-html.js'
import { parseIsland } from '../html/island.js'
import { visible } from '../html/visible.js'
import { attribute, find, parsePage, textOf, type Element, type Page } from './html-page.js'

const { requirements } = loadRequirementSet()
const encode = (report: Report): string => encodeHtml(report, requirements)

const { fault } = mutants.find(({ name }) => name === 'without-record.replay')!
const failing = await reportFault(fault, {
  only: ['record.replay', 'ws.endpoint', 'session.age'],
  transports: ['http', 'ws'],
})

const said = (element: Element | undefined): string => textOf(element!).replace(/\s+/g, ' ')

const deepFreeze = <Value>(value: Value): Value => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze)
  return value
}

t.test('the same report makes the same bytes, and is left as it is', async t => {
  const frozen = deepFreeze(structuredClone(failing))
  t.equal(encode(frozen), encode(structuredClone(failing)))
})

t.test('the page is well-formed, and nothing but its own style and script may act in it', async t => {
  const { elements, errors } = parsePage(encode(failing))
  t.same(errors, [])
  const policy = attribute(
    elements.find(each => attribute(each, 'http-equiv') === 'Content-Security-Policy')!,
    'content',
  )!
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  const style = elements.find(({ tagName }) => tagName === 'style')!
  const acting = elements.filter(each => each.tagName === 'script' && attribute(each, 'type') === undefined)
  t.equal(acting.length, 1)
  t.same(policy.split('; '), [
    "default-src 'none'",
    `script-src ${hash(textOf(acting[0]!))}`,
    `style-src ${hash(textOf(style))}`,
    "base-uri 'none'",
    "form-action 'none'",
  ])
  for (const element of elements)
    for (const { name, value } of element.attrs) {
      if (/^on|^style$|^src/.test(name)) t.fail(`<${element.tagName} ${name}>`)
      if (name === 'href' && !value.startsWith('#')) t.fail(value)
    }
  const ids = elements.flatMap(each => attribute(each, 'id') ?? [])
  t.equal(new Set(ids).size, ids.length, 'ids are unique')
  for (const element of elements) {
    const check = /^#(check-\d+)$/.exec(attribute(element, 'href') ?? '')?.[1]
    if (check !== undefined && !ids.includes(check)) t.fail(`nothing is ${check}`)
  }
})

t.test('the script is one, without what links its parts', async t => {
  t.doesNotThrow(() => new Script(clientScript()))
  t.notMatch(clientScript(), /^(?:import|export) |<\/script|<!--|innerHTML/m)
})

t.test('without the script it says the verdict, what went wrong, and how to see it again', async t => {
  const text = parsePage(encode(failing))
    .elements.filter(({ tagName }) => ['header', 'article', 'table'].includes(tagName))
    .map(said)
    .join('\n')
  for (const part of [
    'Not conformant',
    failing.target.url,
    failing.target.did!,
    failing.digest,
    failing.requirements.digest,
    failing.run.salt,
    'A receiver MUST reject a record whose seq it has accepted before in that direction of the session.',
    'spec/session.md:',
    'the same bytes again: accepted: a response of 16 bytes',
    `sage-conformance run ${failing.target.url} --only record.replay --transport http`,
    '✗ fail',
    '✓ pass',
  ])
    t.ok(text.includes(part), part)
})

/** What an island of a page holds. */
const readIsland = (page: Page, id: string): unknown => {
  const read = (name: string): string => textOf(find(page, 'script', name)!)
  return parseIsland(read(id), JSON.parse(read('data-shared')) as string[])
}

const shownOf = ({ cases }: Report['results'][number]): unknown[] =>
  cases.map(({ clock: _clock, signatures: _signatures, ...shown }) => shown)

t.test('each transcript is in the page as it is in the report', async t => {
  const page = parsePage(encode(failing))
  for (const [index, result] of failing.results.entries())
    t.ok(isDeepStrictEqual(readIsland(page, `data-${index}`), shownOf(result)), result.check)
})

t.test('known failures, and those that do not hold, have a place of their own', async t => {
  const mend = [
    { check: 'record.tag', transport: 'ws' as const, reasonCode: 'accepted', what: 'it passes: take it out' },
  ]
  const results = failing.results.map(result =>
    result.state === 'fail' ? { ...result, known: true as const } : result,
  )
  const baseline = { known: 2, unjudged: 0, mend }
  const page = parsePage(encode({ ...failing, verdict: 'conformant but for known failures', results, baseline }))
  t.match(said(find(page, 'section', 'known')), /record\.replay/)
  t.match(said(find(page, 'section', 'failures')), /record\.tag over ws \(accepted\): it passes/)
  t.notMatch(said(find(page, 'section', 'failures')), /record\.replay/)
})

t.test('a report of nothing says why', async t => {
  const page = parsePage(encode({ ...failing, verdict: 'incomplete', problem: 'no agent card', results: [] }))
  t.strictSame(page.errors, [])
  t.match(said(page.elements.find(({ tagName }) => tagName === 'header')), /no agent card/)
})

// Hostile input.

/** The report with every text that a target can choose, or that a report could hold, made of `text`; each is another one. */
const saying = (text: string): Report => {
  let count = 0
  const other = (): string => `${text}${(count += 1)}`
  const within = (value: unknown, keep: readonly string[]): unknown => {
    if (typeof value === 'string') return other()
    if (Array.isArray(value)) return value.map(each => within(each, keep))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, keep.includes(name) ? each : within(each, keep)]),
    )
  }
  return within(failing, [
    'report',
    'command',
    'state',
    'transport',
    'transports',
    'verdict',
    'requirement',
    'kind',
    'coverage',
    'argv',
    'flags',
    'metricsToken',
    'clock',
    'signatures',
  ]) as Report
}

const outline = ({ elements }: Page): string =>
  elements.map(({ tagName, attrs }) => `${tagName} ${attrs.map(({ name }) => name).join(' ')}`).join('\n')

const hostile = [
  '</script><script>alert(1)</script>',
  '<!--<script>',
  '--><img src=x onerror=alert(1)>',
  '"\'><b onclick=x>',
  '`]]>&lt;&#60;',
  '</title></style></textarea>',
  'javascript:alert(1)',
  '\u202e\u2066\u200b\u0000\u001b[2J\ud800',
  '#0',
]

t.test('no element and no attribute comes of the data', async t => {
  const honest = outline(parsePage(encode(saying('x'))))
  const invisible = /(?![\n\t])[\p{Cc}\p{Cs}\p{Bidi_Control}]/u
  const problemsWith = (text: string): string[] => {
    const report = saying(text)
    const html = encode(report)
    const page = parsePage(html)
    const links = page.elements.flatMap(each => attribute(each, 'href') ?? [])
    return [
      ...page.errors,
      ...(outline(page) === honest ? [] : ['another outline']),
      ...links.filter(link => !link.startsWith('#')),
      ...(invisible.test(html) ? ['characters that are not seen'] : []),
      ...(isDeepStrictEqual(readIsland(page, 'data-0'), shownOf(report.results[0]!)) ? [] : ['another transcript']),
    ]
  }
  for (const text of hostile) t.strictSame(problemsWith(text), [], text)
  const texts = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(texts, text => problemsWith(text).length === 0),
    { numRuns: 12 },
  )
})

t.test('a requirement of no set, and states that there are not, are shown as text', async t => {
  const [first] = failing.results
  for (const text of hostile) {
    const results = [{ ...first!, requirement: text, check: text, state: text as 'fail', transport: text as 'http' }]
    const page = parsePage(encode({ ...failing, results }))
    t.strictSame(page.errors, [], text)
    t.equal(page.elements.filter(({ tagName }) => tagName === 'script').length, 4, text)
    t.ok(textOf(find(page, 'details', 'check-0')!).includes(visible(text).trim()), text)
  }
})

t.test('a text without end is cut where it is shown, and whole in its place', async t => {
  const observed = 'a'.repeat(10_000_000)
  const page = encode({ ...failing, results: failing.results.map(result => ({ ...result, observed })) })
  t.ok(page.length < 400_000 + encode(failing).length, String(page.length))
  t.match(page, /aaa… and 9996000 more characters/)
})
