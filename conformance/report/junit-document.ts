import type { Outcome } from './outcome.js'
import { lineOf } from './text.js'

// The XML of JUnit that Jenkins, GitLab and readers of GitHub's actions take. All text that it is made of is in lines that
// can be shown anywhere: what XML 1.0 has no place for stands in none of them.

/** What became of a test, in the words of JUnit. */
export type JunitVerdict = 'passed' | 'skipped' | 'failure' | 'error'

/** What came to no verdict is an error. */
export const junitVerdictOf = (outcome: Outcome): JunitVerdict => {
  if (outcome === 'failed') return 'failure'
  if (outcome === 'undecided') return 'error'
  return outcome === 'skipped' ? 'skipped' : 'passed'
}

/** A test. */
export interface JunitCase {
  readonly name: string
  readonly classname: string
  /** 0 where nobody measured it. */
  readonly seconds: number
  readonly verdict: JunitVerdict
  /** In one line; of a test that passed, not shown. */
  readonly message: string
  readonly type: string
  /** What there is to say of a failure or an error. */
  readonly evidence: readonly string[]
  /** What is shown as the output of the test, if anything. */
  readonly output: readonly string[]
}

/** Tests under a name. */
export interface JunitSuite {
  readonly name: string
  readonly cases: readonly JunitCase[]
}

/** A run. */
export interface JunitRun {
  readonly name: string
  readonly startedAt: string
  readonly seconds: number
  /** Said with every suite; what is undefined is left out. */
  readonly properties: readonly (readonly [name: string, value: string | undefined])[]
  readonly suites: readonly JunitSuite[]
}

const references: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Text of an element or attribute. */
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

const verdictElements = ({ verdict, message, type, evidence }: JunitCase): string[] => {
  if (verdict === 'passed') return []
  const attributes = { message, type }
  return [verdict === 'skipped' ? element('skipped', attributes) : textElement(verdict, attributes, evidence)]
}

const testcase = (one: JunitCase): string => {
  const { name, classname, seconds, output } = one
  const out = output.length === 0 ? [] : [textElement('system-out', {}, output)]
  const attributes = { name, classname, time: seconds.toFixed(3) }
  return element('testcase', attributes, children([...verdictElements(one), ...out]))
}

const countsOf = (cases: readonly JunitCase[]): Attributes => {
  const count = (verdict: JunitVerdict): number => cases.filter(each => each.verdict === verdict).length
  return { tests: cases.length, failures: count('failure'), errors: count('error') }
}

const propertyElements = ({ properties }: JunitRun): string => {
  const all = properties.flatMap(([name, value]) =>
    value === undefined ? [] : [element('property', { name, value: lineOf(value) })],
  )
  return element('properties', {}, children(all))
}

const testsuite = ({ name, cases }: JunitSuite, run: JunitRun): string => {
  const skipped = cases.filter(({ verdict }) => verdict === 'skipped').length
  // XML Schema's dateTime without a zone, in UTC: what readers of JUnit's XML know.
  const timestamp = lineOf(run.startedAt).slice(0, 19)
  const attributes = { name, ...countsOf(cases), skipped, time: run.seconds.toFixed(3), timestamp }
  return element('testsuite', attributes, children([propertyElements(run), ...cases.map(testcase)]))
}

/** Tests that fail where a report is no success for reasons that none of its results says; no suite where there are none. */
export const furtherSuite = (name: string, reasons: readonly string[]): JunitSuite[] => {
  const cases = reasons.map((why): JunitCase => {
    const message = lineOf(why)
    const about = { verdict: 'error', message, type: 'verdict', evidence: [message], output: [] } as const
    return { name: message, classname: 'sage', seconds: 0, ...about }
  })
  return cases.length > 0 ? [{ name, cases }] : []
}

/** The document of a run. */
export const encodeJunitDocument = (run: JunitRun): string => {
  const { name, seconds, suites } = run
  const attributes = { name: lineOf(name), ...countsOf(suites.flatMap(({ cases }) => cases)), time: seconds.toFixed(3) }
  const content = children(suites.map(suite => testsuite(suite, run)))
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', attributes, content)}\n`
}
