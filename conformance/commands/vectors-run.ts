import type { VectorsReport } from '../../schemas/index.js'
import { encodeTime } from '../probe/bytes/time.js'
import { thereIs } from '../report/near-matches.js'
import { ProgressLine, type Watched } from '../report/progress-line.js'
import { lineOf } from '../report/text.js'
import { vectorsFormats } from '../report/vectors/formats.js'
import { createVectorsReport } from '../report/vectors/json.js'
import { vectorsRunDefaults } from '../runner/defaults.js'
import { loadRequirementSet } from '../trace/requirement-set.js'
import { describeJudged } from '../vectors/describe.js'
import { NotStartable } from '../vectors/child-peer.js'
import { judgeCommand, type Judged } from '../vectors/judge.js'
import { loadVectorFiles, LoadError, ownVectors } from '../vectors/load.js'
import { isVectorFile } from '../vectors/schema.js'
import { isNamedBy, namedTests, type NamedTest } from '../vectors/select.js'
import { describeCounts, whyBlocked } from '../vectors/verdict.js'
import { processStreams, streamsBesideReport, type CommandStreams } from './command-streams.js'
import { parseReports, statusAfterWriting, wantsStdout, writeReports } from './report-option.js'
import { UsageError } from './usage.js'

/** Options of `vectors run`. */
export interface VectorsRunOptions {
  /** Globs on `file/test`, on a file or on an op; with none, everything is asked. */
  readonly only?: readonly string[]
  /** Globs that leave tests out, after `only`. */
  readonly skip?: readonly string[]
  /** Milliseconds to wait for each answer; by default 5000. */
  readonly timeout?: number
  /** Each `FORMAT=FILE`; `-` is standard output, and what is said to people then goes to standard error. */
  readonly report?: readonly string[]
  /** Print the last line only. */
  readonly quiet?: boolean
  /** A vector file or a folder of them; by default those that this package carries. */
  readonly vectors?: string
  readonly streams?: CommandStreams
  /** Where it is shown how far the run is; nowhere without it. */
  readonly screen?: Watched
  /** Raised to ask nothing more; what is known by then is reported. */
  readonly signal?: AbortSignal
}

const loadTests = (path: string): NamedTest[] =>
  namedTests(
    loadVectorFiles(path).map(({ name, path, content }) => {
      if (!isVectorFile(content)) throw new LoadError(`${path}: not a vector file`)
      return { name, file: content }
    }),
  )

/** Everything that a selection can name. */
const namesOf = (tests: readonly NamedTest[]): string[] => [
  ...new Set([...tests.map(({ file }) => file), ...tests.map(({ op }) => op), ...tests.map(({ id }) => id)]),
]

const anyOf = (globs: readonly string[], tests: readonly NamedTest[]): ((test: NamedTest) => boolean) => {
  for (const glob of globs)
    if (!tests.some(test => isNamedBy(glob, test)))
      throw new UsageError(`no vector is called ${lineOf(glob, 100)}${thereIs(glob, namesOf(tests))}`)
  return test => globs.some(glob => isNamedBy(glob, test))
}

const select = (tests: readonly NamedTest[], { only = ['*'], skip = [] }: VectorsRunOptions) => {
  const wanted = tests.filter(anyOf(only.length === 0 ? ['*'] : only, tests))
  const isSkipped = anyOf(skip, tests)
  const asked = wanted.filter(test => !isSkipped(test))
  if (asked.length === 0) throw new UsageError('nothing is left to ask: --only and --skip leave no test')
  return { asked, skipped: wanted.filter(isSkipped) }
}

const parseTimeout = (timeout = Number(vectorsRunDefaults.timeout)): number => {
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > 3_600_000)
    throw new UsageError('--timeout takes 1 to 3600000 milliseconds')
  return timeout
}

const streamsOf = ({ streams, report }: VectorsRunOptions): CommandStreams =>
  streams ?? (wantsStdout(report) ? streamsBesideReport : processStreams)

const run = async (command: readonly string[], options: VectorsRunOptions): Promise<number> => {
  if (command.length === 0) throw new UsageError('no command: vectors run -- CMD [ARGS]')
  const { vectors = ownVectors(), quiet = false, only = [], skip = [], signal } = options
  const streams = streamsOf(options)
  const print = (line: string): void => streams.out(`${line}\n`)
  const { asked, skipped } = select(loadTests(vectors), options)
  const timeout = parseTimeout(options.timeout)
  const reports = parseReports<VectorsReport>(options.report ?? [], vectorsFormats)
  const progress = options.screen && new ProgressLine(options.screen)
  let done = 0
  const onJudged = (judged: Judged): void => {
    const lines = quiet ? [] : describeJudged(judged)
    if (lines.length > 0) progress?.clear()
    for (const line of lines) print(line)
    progress?.show(++done, asked.length, judged.test.id)
  }
  const startedAt = encodeTime(BigInt(Date.now()) * 1_000_000n)
  const started = performance.now()
  const judged: Judged[] = [
    ...(await judgeCommand(asked, { command, timeout, onJudged, signal })),
    ...skipped.map(test => ({ test, judgement: { state: 'skipped' as const } })),
  ]
  progress?.clear()
  const seconds = Math.round(performance.now() - started) / 1000
  const interrupted = signal?.aborted === true && judged.some(({ judgement }) => judgement.state === 'blocked')
  const settings = { startedAt, seconds, only: [...only], skip: [...skip], timeoutMs: timeout }
  const about = { ...settings, ...(interrupted && { interrupted }) }
  const report = createVectorsReport(command, about, judged)
  const unwritten = writeReports(reports, report, loadRequirementSet().requirements)
  const { verdict, counts, exitStatus } = report
  if (counts.blocked > 0) print(`${counts.blocked} tests were not asked: ${whyBlocked(about)}`)
  print(`${verdict}: ${describeCounts(counts)}`)
  return statusAfterWriting(unwritten, exitStatus)
}

/**
 * `vectors run -- CMD [ARGS]`: judges a cryptographic core over the line protocol. The exit status: 0 conformant, 1 not
 * conformant, 2 wrong usage or a command that cannot be started, 3 incomplete, 4 a fault of the suite's own, or a report
 * that could not be written.
 */
export const vectorsRunCommand = async (
  command: readonly string[],
  options: VectorsRunOptions = {},
): Promise<number> => {
  try {
    return await run(command, options)
  } catch (error) {
    const isCallers = error instanceof UsageError || error instanceof LoadError || error instanceof NotStartable
    const what = error instanceof NotStartable ? 'the command cannot be started: ' : isCallers ? '' : 'own fault: '
    streamsOf(options).err(`sage-conformance: ${what}${error instanceof Error ? error.message : String(error)}`)
    return isCallers ? 2 : 4
  }
}
