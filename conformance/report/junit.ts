import type { Report } from '../../schemas/index.js'
import type { Requirement } from '../trace/read-requirements.js'
import { encodeJunitDocument, furtherSuite, junitVerdictOf, type JunitCase, type JunitRun } from './junit-document.js'
import { outcomeOf, furtherFailures } from './outcome.js'
import { lineOf } from './text.js'
import { evidenceLines, tellResults, type Told } from './told.js'
import { describeVerdict } from './verdict-text.js'

/** Seconds between the first and the last reading of the clock, over all cases. */
const secondsOf = ({ cases }: Told['result']): number => {
  const spans = cases.map(({ clock }) => Number(BigInt(clock.at(-1) ?? 0) - BigInt(clock[0] ?? 0)) / 1e9)
  return Math.max(
    0,
    spans.reduce((sum, each) => sum + each, 0),
  )
}

const caseOf = (told: Told, run: Report['run'], chapter: string): JunitCase => {
  const { result, title, requirement, sentence = '', observed } = told
  const { exchanges: _, cases: __, ...short } = told
  return {
    name: title,
    classname: lineOf(`sage.${result.transport}.${chapter}`),
    seconds: secondsOf(result),
    verdict: junitVerdictOf(outcomeOf(result, run)),
    message: observed === undefined ? told.verdict : `${told.verdict}: ${observed}`,
    type: result.state,
    evidence: [requirement, sentence, ...evidenceLines({ ...short, exchanges: [] })],
    output: [told.verdict, requirement, sentence, ...(result.state === 'pass' ? [] : evidenceLines(told))],
  }
}

const propertiesOf = (report: Report): JunitRun['properties'] => {
  const { suite, requirements, target, run, exitStatus, digest } = report
  return [
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
}

/**
 * A report as the XML of JUnit: a suite for each transport, a test for each check. What came to no verdict is an error, what
 * is skipped or not observed is skipped, and every test says its state in its first line of output.
 */
export const encodeJunit = (report: Report, requirements: readonly Requirement[], site?: string): string => {
  const chapters = new Map<string, string>(requirements.map(({ id, chapter }) => [id, chapter]))
  const told = tellResults(report, requirements, site).map(each => ({
    transport: each.result.transport,
    case: caseOf(each, report.run, chapters.get(each.result.requirement) ?? 'unknown'),
  }))
  const suites = [...new Set(told.map(({ transport }) => transport))].map(transport => ({
    name: `SAGE 1.0 over ${transport}`,
    cases: told.filter(each => each.transport === transport).map(each => each.case),
  }))
  return encodeJunitDocument({
    name: `sage-conformance ${report.target.url}`,
    startedAt: report.run.startedAt,
    seconds: report.run.seconds,
    properties: propertiesOf(report),
    suites: [...suites, ...furtherSuite('SAGE 1.0', furtherFailures(report))],
  })
}
