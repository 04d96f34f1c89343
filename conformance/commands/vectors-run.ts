import { closeSync, openSync } from 'node:fs'
import { processStreams, type CommandStreams } from './command-streams.js'
import { UsageError } from './usage.js'
import { describeJudged } from '../vectors/describe.js'
import { NotStartable } from '../vectors/child-peer.js'
import { judgeCommand, type Judged } from '../vectors/judge.js'
import { loadVectorFiles, LoadError, ownVectors } from '../vectors/load.js'
import { runReport, writeReport } from '../vectors/report.js'
import { isVectorFile } from '../vectors/schema.js'
import { matcher, namedTests, type NamedTest } from '../vectors/select.js'
import { countJudged, exitStatus, verdictOf } from '../vectors/verdict.js'

/** Options of `vectors run`. */
export interface VectorsRunOptions {
  /** Globs on `file/test`, on a file or on an op; with none, everything is asked. */
  readonly only?: readonly string[]
  /** Globs that leave tests out, after `only`. */
  readonly skip?: readonly string[]
  /** Milliseconds to wait for each answer; by default 5000. */
  readonly timeout?: number
  /** `json=FILE`. */
  readonly report?: string
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

const parseTimeout = (timeout = 5000): number => {
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > 3_600_000)
    throw new UsageError('--timeout takes 1 to 3600000 milliseconds')
  return timeout
}

/** Path of the report, which can be written: that it cannot must not be learnt when all is done. */
const parseReport = (report: string | undefined): string | undefined => {
  if (report === undefined) return undefined
  const path = /^json=(.+)$/.exec(report)?.[1]
  if (path === undefined) throw new UsageError('--report takes json=FILE')
  try {
    closeSync(openSync(path, 'w'))
  } catch (cause) {
    throw new UsageError(`the report cannot be written: ${(cause as Error).message}`, { cause })
  }
  return path
}

const summary = (judged: readonly Judged[]): string => {
  const counts = countJudged(judged)
  const parts = Object.entries(counts).filter(([state, count]) => count > 0 || state === 'pass')
  return `${verdictOf(counts)}: ${parts.map(([state, count]) => `${count} ${state}`).join(', ')}`
}

const run = async (command: readonly string[], options: VectorsRunOptions): Promise<number> => {
  if (command.length === 0) throw new UsageError('no command: vectors run -- CMD [ARGS]')
  const { vectors = ownVectors(), quiet = false, streams = processStreams } = options
  const print = (line: string): void => streams.out(`${line}\n`)
  const { asked, skipped } = select(loadTests(vectors), options)
  const [timeout, reportPath] = [parseTimeout(options.timeout), parseReport(options.report)]
  const onJudged = (judged: Judged): void => {
    if (!quiet) for (const line of describeJudged(judged)) print(line)
  }
  const judged: Judged[] = [
    ...(await judgeCommand(asked, { command, timeout, onJudged })),
    ...skipped.map(test => ({ test, judgement: { state: 'skipped' as const } })),
  ]
  const counts = countJudged(judged)
  const verdict = verdictOf(counts)
  if (reportPath !== undefined) writeReport(reportPath, runReport(judged, counts, verdict))
  if (counts.blocked > 0) print(`${counts.blocked} tests were not asked: the command had to be restarted too often`)
  print(summary(judged))
  return exitStatus[verdict]
}

// A signal would leave a command that hangs behind; an exit does not.
const onSignal = (): void => process.exit(130)

/**
 * `vectors run -- CMD [ARGS]`: judges a cryptographic core over the line protocol. The exit status: 0 conformant, 1 not
 * conformant, 2 wrong usage or a command that cannot be started, 3 incomplete, 4 a fault of the suite's own.
 */
export const vectorsRunCommand = async (
  command: readonly string[],
  options: VectorsRunOptions = {},
): Promise<number> => {
  const { streams = processStreams } = options
  process.once('SIGINT', onSignal)
  try {
    return await run(command, options)
  } catch (error) {
    const isCallers = error instanceof UsageError || error instanceof LoadError || error instanceof NotStartable
    const what = error instanceof NotStartable ? 'the command cannot be started: ' : isCallers ? '' : 'own fault: '
    streams.err(`sage-conformance: ${what}${error instanceof Error ? error.message : String(error)}`)
    return isCallers ? 2 : 4
  } finally {
    process.removeListener('SIGINT', onSignal)
  }
}
