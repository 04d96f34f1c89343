import type { VectorsReport } from '../../schemas/index.js'
import { encodeTime } from '../probe/bytes/time.js'
import { vectorsFormats } from '../report/vectors/formats.js'
import { createVectorsReport } from '../report/vectors/json.js'
import { vectorsRunDefaults } from '../runner/defaults.js'
import { loadRequirementSet } from '../trace/requirement-set.js'
import { describeJudged } from '../vectors/describe.js'
import { NotStartable } from '../vectors/child-peer.js'
import { judgeCommand, type Judged } from '../vectors/judge.js'
import { loadVectorFiles, LoadError, ownVectors } from '../vectors/load.js'
import { isVectorFile } from '../vectors/schema.js'
import { matcher, namedTests, type NamedTest } from '../vectors/select.js'
import { describeCounts } from '../vectors/verdict.js'
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
}

const loadTests = (path: string): NamedTest[] =>
  namedTests(
    loadVectorFiles(path).map(({ name, path, content }) => {
      if (!isVectorFile(content)) throw new LoadError(`${path}: not a vector file`)
      return { name, file: content }
    }),
  )

const anyOf = (globs: readonly string[], tests: readonly NamedTest[]): ((test: NamedTest) => boolean) => {
  const matchers = globs.map(glob => {
    const matches = matcher(glob)
    if (!tests.some(matches)) throw new UsageError(`no vector is called ${glob}`)
    return matches
  })
  return test => matchers.some(matches => matches(test))
}

const select = (tests: readonly NamedTest[], { only = ['*'], skip = [] }: VectorsRunOptions) => {
  const wanted = tests.filter(anyOf(only.length === 0 ? ['*'] : only, tests))
  const isSkipped = anyOf(skip, tests)
  const asked = wanted.filter(test => !isSkipped(test))
  if (asked.length === 0) throw new UsageError('nothing is left to ask')
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
  const { vectors = ownVectors(), quiet = false, only = [], skip = [] } = options
  const streams = streamsOf(options)
  const print = (line: string): void => streams.out(`${line}\n`)
  const { asked, skipped } = select(loadTests(vectors), options)
  const timeout = parseTimeout(options.timeout)
  const reports = parseReports<VectorsReport>(options.report ?? [], vectorsFormats)
  const onJudged = (judged: Judged): void => {
    if (!quiet) for (const line of describeJudged(judged)) print(line)
  }
  const startedAt = encodeTime(BigInt(Date.now()) * 1_000_000n)
  const started = performance.now()
  const judged: Judged[] = [
    ...(await judgeCommand(asked, { command, timeout, onJudged })),
    ...skipped.map(test => ({ test, judgement: { state: 'skipped' as const } })),
  ]
  const seconds = Math.round(performance.now() - started) / 1000
  const about = { startedAt, seconds, only: [...only], skip: [...skip], timeoutMs: timeout }
  const report = createVectorsReport(command, about, judged)
  const unwritten = writeReports(reports, report, loadRequirementSet().requirements)
  const { verdict, counts, exitStatus } = report
  if (counts.blocked > 0) print(`${counts.blocked} tests were not asked: the command had to be restarted too often`)
  print(`${verdict}: ${describeCounts(counts)}`)
  return statusAfterWriting(unwritten, exitStatus)
}

// A signal would leave a command that hangs behind; an exit does not.
const onSignal = (): void => process.exit(130)

/**
 * `vectors run -- CMD [ARGS]`: judges a cryptographic core over the line protocol. The exit status: 0 conformant, 1 not
 * conformant, 2 wrong usage or a command that cannot be started, 3 incomplete, 4 a fault of the suite's own, or a report
 * that could not be written.
 */
export const vectorsRunCommand = async (
  command: readonly string[],
  options: VectorsRunOptions = {},
): Promise<number> => {
  process.once('SIGINT', onSignal)
  try {
    return await run(command, options)
  } catch (error) {
    const isCallers = error instanceof UsageError || error instanceof LoadError || error instanceof NotStartable
    const what = error instanceof NotStartable ? 'the command cannot be started: ' : isCallers ? '' : 'own fault: '
    streamsOf(options).err(`sage-conformance: ${what}${error instanceof Error ? error.message : String(error)}`)
    return isCallers ? 2 : 4
  } finally {
    process.removeListener('SIGINT', onSignal)
  }
}
