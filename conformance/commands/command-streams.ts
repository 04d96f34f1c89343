import { once } from 'node:events'
import type { ShowProgress } from './progress.js'

/** Where a command writes, and what it may read. */
export interface CommandStreams {
  /** A result: bytes as they are. */
  readonly out: (bytes: Uint8Array | string) => void
  /** A line for people. */
  readonly err: (line: string) => void
  /** Resolves when whoever reads `out` could do with more; absent where that is always so. */
  readonly drained?: () => Promise<void>
  /** What is put in. */
  readonly input?: AsyncIterable<Uint8Array>
  /** Shows how far something is, where somebody looks at it. */
  readonly progress?: ShowProgress
}

// A result on the same screen would be torn by it.
const isWatched = (): boolean => process.stderr.isTTY === true && process.stdout.isTTY !== true

/** What is said to people, where a report goes to standard output. */
export const streamsBesideReport: CommandStreams = {
  out: bytes => void process.stderr.write(bytes),
  err: line => void process.stderr.write(`${line}\n`),
}

/** Back to the beginning of the line, which is cleared. */
const START_OF_LINE = '\r\x1b[K'

/** The streams of this process. */
export const processStreams: CommandStreams = {
  out: bytes => void process.stdout.write(bytes),
  err: line => void process.stderr.write(`${line}\n`),
  drained: async () => {
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain')
  },
  // Touched only by who reads: it would keep the process alive.
  get input() {
    return process.stdin
  },
  ...(isWatched() && { progress: line => void process.stderr.write(`${START_OF_LINE}${line}`) }),
}

// What was asked for is not known to hold, unless a verdict has been reached already.
const INCOMPLETE = 3
const OWN_FAULT = 4

const exit = (): void => process.exit(process.exitCode ?? INCOMPLETE)

/** What is done when nobody reads any more. */
let giveUp = exit

const onWriteError = (error: NodeJS.ErrnoException): void => {
  if (error.code === 'EPIPE') return giveUp()
  process.stderr.write(`sage-conformance: the output cannot be written (${error.code ?? error.message})\n`)
  process.exit(OWN_FAULT)
}

/** Does `work`, and `instead` of ending at once where nobody reads any more: there are reports to be written. */
export const unlessNobodyReads = async <Result>(instead: () => void, work: () => Promise<Result>): Promise<Result> => {
  giveUp = instead
  try {
    return await work()
  } finally {
    giveUp = exit
  }
}

/** From now on, whoever reads this process's output and stops, as `| head` does, ends it without a word. */
export const endWhenNobodyReads = (): void => {
  for (const stream of [process.stdout, process.stderr])
    if (!stream.listeners('error').includes(onWriteError)) stream.on('error', onWriteError)
}
