const LINE_FEED = 0x0a

/** Cuts a stream of bytes into lines, and keeps no more of an unfinished line than a limit allows. */
export class LineReader {
  private chunks: Uint8Array[] = []
  private held = 0

  constructor(private readonly maxBytes: number) {}

  /**
   * The lines that `chunk` completes, without their line feeds.
   * @throws RangeError when a line is longer than the limit; what was held is dropped
   */
  push(chunk: Uint8Array): Uint8Array[] {
    const lines: Uint8Array[] = []
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      this.hold(chunk.subarray(start, end))
      lines.push(this.take())
      start = end + 1
    }
    this.hold(chunk.subarray(start))
    return lines
  }

  private hold(part: Uint8Array): void {
    if (part.length === 0) return
    this.held += part.length
    if (this.held > this.maxBytes) {
      this.take()
      throw new RangeError(`a line of more than ${this.maxBytes} bytes`)
    }
    this.chunks.push(part)
  }

  private take(): Uint8Array {
    const line = Buffer.concat(this.chunks)
    this.chunks = []
    this.held = 0
    return line
  }
}
