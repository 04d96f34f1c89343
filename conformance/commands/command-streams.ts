/** Where a command writes. */
export interface CommandStreams {
  /** A result: bytes as they are. */
  readonly out: (bytes: Uint8Array | string) => void
  /** A line for people. */
  readonly err: (line: string) => void
}

/** The streams of this process. */
export const processStreams: CommandStreams = {
  out: bytes => void process.stdout.write(bytes),
  err: line => void process.stderr.write(`${line}\n`),
}

// What was asked for is not known to hold, unless a verdict has been reached already.
const INCOMPLETE = 3

const onWriteError = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error
  process.exit(process.exitCode ?? INCOMPLETE)
}

/** From now on, whoever reads this process's output and stops, as `| head` does, ends it without a word. */
export const endWhenNobodyReads = (): void => {
  for (const stream of [process.stdout, process.stderr])
    if (!stream.listeners('error').includes(onWriteError)) stream.on('error', onWriteError)
}
