import type { Report } from '../../schemas/index.js'
import type { Requirement } from '../trace/read-requirements.js'
import { outcomeOf, furtherFailures } from './outcome.js'
import { lineOf } from './text.js'
import { evidenceLines, tellResults, type Told } from './told.js'
import { describeVerdict } from './verdict-text.js'

const references: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Text of an element or attribute. What XML 1.0 has no place for stands in no line that is told. */
const escaped = (text: string): string => text.replace(/[<>&"']/g, letter => references[letter] ?? letter)

type Attributes = Readonly<Record<string, string | number | undefined>>

const element = (name: string, attributes: Attributes, content?: string): string => {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([attribute, value]) => ` ${attribute}="${escaped(String(value))}"`)
    .join('')
  return content === undefined ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`
}

const textElement = (name: string, attributes: Attributes, lines: readonly string[]): string =>
  element(name, attributes, escaped(lines.join('\n')))

const children = (elements: readonly string[]): string => `\n${elements.join('\n')}\n`

/** Seconds between the first and the last reading of the clock, over all cases. */
const secondsOf = ({ cases }: Told['result']): string => {
  const spans = cases.map(({ clock }) => Number(BigInt(clock.at(-1) ?? 0) - BigInt(clock[0] ?? 0)) / 1e9)
  return Math.max(
    0,
    spans.reduce((sum, each) => sum + each, 0),
  ).toFixed(3)
}

type Verdict = 'passed' | 'skipped' | 'failure' | 'error'

const verdictOf = (told: Told, run: Report['run']): Verdict => {
  const outcome = outcomeOf(told.result, run)
  if (outcome === 'failed') return 'failure'
  if (outcome === 'undecided') return 'error'
  return outcome === 'skipped' ? 'skipped' : 'passed'
}

const verdictElements = (told: Told, verdict: Verdict): string[] => {
  if (verdict === 'passed') return []
  const said = told.observed === undefined ? told.verdict : `${told.verdict}: ${told.observed}`
  const attributes = { message: said, type: told.result.state }
  if (verdict === 'skipped') return [element('skipped', attributes)]
  const { exchanges: _, cases: __, ...short } = told
  const lines = [told.requirement, told.sentence ?? '', ...evidenceLines({ ...short, exchanges: [] })]
  return [textElement(verdict, attributes, lines)]
}

const testcase = (told: Told, verdict: Verdict, chapter: string): string => {
  const { result, title, requirement, sentence = '' } = told
  const classname = lineOf(`sage.${result.transport}.${chapter}`)
  const out = [told.verdict, requirement, sentence, ...(result.state === 'pass' ? [] : evidenceLines(told))]
  return element(
    'testcase',
    { name: title, classname, time: secondsOf(result) },
    children([...verdictElements(told, verdict), textElement('system-out', {}, out)]),
  )
}

interface Counted {
  readonly verdict: Verdict
  readonly text: string
}

const countsOf = (cases: readonly Counted[]): Attributes => {
  const count = (verdict: Verdict): number => cases.filter(each => each.verdict === verdict).length
  return { tests: cases.length, failures: count('failure'), errors: count('error') }
}

const properties = (report: Report): string => {
  const { suite, requirements, target, run, exitStatus, digest } = report
  const told: [name: string, value: string | undefined][] = [
    ['verdict', describeVerdict(report)],
    ['exit status', String(exitStatus)],
    ['target', target.url],
    ['did', target.did],
    ['suite', `${suite.name} ${suite.version}`],
    ['requirements', requirements.digest],
    ['seed', run.seed],
    ['salt', run.salt],
    ['report', digest],
  ]
  const all = told.flatMap(([name, value]) =>
    value === undefined ? [] : [element('property', { name, value: lineOf(value) })],
  )
  return element('properties', {}, children(all))
}

const testsuite = (name: string, cases: readonly Counted[], report: Report): string => {
  const skipped = cases.filter(({ verdict }) => verdict === 'skipped').length
  // XML Schema's dateTime without a zone, in UTC: what readers of JUnit's XML know.
  const timestamp = lineOf(report.run.startedAt).slice(0, 19)
  const attributes = { name, ...countsOf(cases), skipped, time: report.run.seconds.toFixed(3), timestamp }
  return element('testsuite', attributes, children([properties(report), ...cases.map(({ text }) => text)]))
}

/** A test that fails where a report is no success for a reason that none of its checks says. */
const furtherCase = (why: string): Counted => {
  const message = lineOf(why)
  const failed = element('error', { message, type: 'verdict' }, escaped(message))
  return {
    verdict: 'error',
    text: element('testcase', { name: message, classname: 'sage', time: '0.000' }, children([failed])),
  }
}

/**
 * A report as the XML of JUnit that Jenkins, GitLab and readers of GitHub's actions take: a suite for each transport, a test
 * for each check. What came to no verdict is an error, what is skipped or not observed is skipped, and every test says its
 * state in its first line of output.
 */
export const encodeJunit = (report: Report, requirements: readonly Requirement[]): string => {
  const chapters = new Map<string, string>(requirements.map(({ id, chapter }) => [id, chapter]))
  const told = tellResults(report, requirements).map(each => {
    const verdict = verdictOf(each, report.run)
    const chapter = chapters.get(each.result.requirement) ?? 'unknown'
    return { transport: each.result.transport, verdict, text: testcase(each, verdict, chapter) }
  })
  const suites = [...new Set(told.map(({ transport }) => transport))].map(
    transport => [`SAGE 1.0 over ${transport}`, told.filter(each => each.transport === transport)] as const,
  )
  const further = furtherFailures(report).map(furtherCase)
  const all: (readonly [string, readonly Counted[]])[] =
    further.length > 0 ? [...suites, ['SAGE 1.0', further]] : suites
  const attributes = {
    name: lineOf(`sage-conformance ${report.target.url}`),
    ...countsOf(all.flatMap(([, cases]) => cases)),
    time: report.run.seconds.toFixed(3),
  }
  const content = children(all.map(([name, cases]) => testsuite(name, cases, report)))
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', attributes, content)}\n`
}
