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
