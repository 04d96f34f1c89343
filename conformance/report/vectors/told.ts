import type { VectorResult, VectorsReport } from '../../../schemas/index.js'
import { vectorsRunDefaults } from '../../runner/defaults.js'
import { whyBlocked } from '../../vectors/verdict.js'
import { failureLines, showFailure, type ShownFailure } from '../../vectors/failure.js'
import type { Outcome } from '../outcome.js'
import { quoted } from '../shell-word.js'
import { lineOf } from '../text.js'
import { LONGEST_COMMAND } from '../told.js'

/** What a report tells of one test to people, each part one line of text that can be shown anywhere. */
export interface ToldTest {
  readonly state: VectorResult['state']
  readonly outcome: Outcome
  /** `file/test`. */
  readonly title: string
  /** Name of its file. */
  readonly file: string
  /** The state, and the kind of a failure. */
  readonly verdict: string
  readonly op: string
  readonly requirements: readonly string[]
  /** What is wrong, or why nothing was found. */
  readonly what?: string
  /** What the test is about, where it failed. */
  readonly comment?: string
  readonly failure?: ShownFailure
  readonly again: string
  /** From question to answer. */
  readonly seconds?: number
}

const outcomes: Readonly<Record<VectorResult['state'], Outcome>> = {
  pass: 'passed',
  fail: 'failed',
  // No success: what was asked for is not known to hold.
  unsupported: 'undecided',
  blocked: 'undecided',
  skipped: 'skipped',
}

const reasonOf = ({ run }: VectorsReport, state: VectorResult['state']): string | undefined => {
  if (state === 'unsupported') return 'the op is not supported'
  return state === 'blocked' ? `not asked: ${whyBlocked(run)}` : undefined
}

/** The command that asks one test of a report again, as a shell reads it, on one line. */
const reproduction = ({ target, run }: VectorsReport, { test }: VectorResult): string => {
  const timeout = String(run.timeoutMs)
  const patience = timeout === vectorsRunDefaults.timeout ? [] : ['--timeout', timeout]
  const words = ['sage-conformance', 'vectors', 'run', '--only', test, ...patience, '--', ...target.argv]
  return words.map(quoted).join(' ')
}

const tell = (report: VectorsReport, result: VectorResult): ToldTest => {
  const { test, op, requirements, state, seconds } = result
  const [file = ''] = test.split('/')
  const failure = result.state === 'fail' ? showFailure(result.failure) : undefined
  const what = failure?.what ?? reasonOf(report, state)
  return {
    state,
    outcome: outcomes[state],
    title: lineOf(test),
    file: lineOf(file),
    verdict: result.state === 'fail' ? `fail (${result.failure.kind})` : state,
    op: lineOf(op),
    requirements: requirements.map(id => lineOf(id)),
    ...(what !== undefined && { what }),
    ...(result.state === 'fail' && { comment: lineOf(result.comment) }),
    ...(failure && { failure }),
    again: lineOf(reproduction(report, result), LONGEST_COMMAND),
    ...(seconds !== undefined && { seconds }),
  }
}

/** What `report` tells of its tests, in their order. */
export const tellTests = (report: VectorsReport): ToldTest[] => report.results.map(result => tell(report, result))

/** The tests of each file, by its name. */
export const byFile = (told: readonly ToldTest[]): ReadonlyMap<string, readonly ToldTest[]> => {
  const files = new Map<string, ToldTest[]>()
  for (const each of told) {
    const tests = files.get(each.file)
    if (tests) tests.push(each)
    else files.set(each.file, [each])
  }
  return files
}

/** Why a report is no success beside what its tests say: that nothing passed, and nothing failed either. */
export const furtherReasons = ({ exitStatus, verdict, results }: VectorsReport): string[] =>
  exitStatus === 0 || results.some(({ state }) => ['failed', 'undecided'].includes(outcomes[state]))
    ? []
    : [`${verdict}: nothing was asked`]

const labelled = (label: string, text: string | undefined): string[] =>
  text === undefined || text === '' ? [] : [`${label}: ${text}`]

/** What there is to say of a test that is not as it should be, one line each. */
export const testLines = ({ op, requirements, what, comment, failure, again }: ToldTest): string[] => [
  ...(failure ? failureLines(failure) : what === undefined ? [] : [what]),
  ...labelled('about', comment),
  ...labelled('op', op),
  ...labelled('requirements', requirements.join(', ')),
  ...labelled('again', again),
]
