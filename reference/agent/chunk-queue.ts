type Result = IteratorResult<Uint8Array, undefined>

interface Taker {
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

const DONE: Result = { done: true, value: undefined }

/**
 * Chunks between the peer and whoever takes them here, in their order. How many wait in it is for the credit to bound. An
 * empty chunk that is the last one only ends, and is not given, unless it is wanted.
 */
export class ChunkQueue implements AsyncIterableIterator<Uint8Array> {
  /** Bytes that wait. */
  bytes = 0
  private readonly waiting: Uint8Array[] = []
  private readonly takers: Taker[] = []
  private state: 'open' | 'ended' | 'failed' = 'open'
  private error: unknown

  /**
   * @param onTaken called for every chunk that somebody takes
   * @param givesEmptyEnd is an empty chunk given, though it is the last?
   */
  constructor(
    private readonly onTaken: () => void = () => undefined,
    private readonly givesEmptyEnd = false,
  ) {}

  /** Chunks that wait. */
  get length(): number {
    return this.waiting.length
  }

  /** Does somebody wait for a chunk? */
  get isAwaited(): boolean {
    return this.takers.length > 0
  }

  push(chunk: Uint8Array, isLast: boolean): void {
    if (!isLast || chunk.length > 0 || this.givesEmptyEnd) this.hand(chunk)
    if (isLast) this.end()
  }

  /** No more chunks come. Once those that wait have been taken, whoever takes gets the error, or the end where there is none. */
  end(error?: unknown): void {
    if (this.state !== 'open') return
    this.state = error === undefined ? 'ended' : 'failed'
    this.error = error
    this.settle()
  }

  /** What waits is dropped, and whoever takes, now or later, gets the error; unless it has come to its end already. */
  fail(error: unknown): void {
    if (this.state !== 'open' && this.waiting.length === 0) return
    this.clear()
    this.state = 'open'
    this.end(error)
  }

  next(): Promise<Result> {
    const chunk = this.waiting.shift()
    if (chunk === undefined)
      return new Promise((resolve, reject) => {
        this.takers.push({ resolve, reject })
        this.settle()
      })
    this.bytes -= chunk.length
    this.onTaken()
    return Promise.resolve({ done: false, value: chunk })
  }

  /** Nobody takes any more. */
  return(): Promise<Result> {
    this.clear()
    this.state = 'ended'
    this.settle()
    return Promise.resolve(DONE)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  private hand(chunk: Uint8Array): void {
    const taker = this.takers.shift()
    if (taker === undefined) {
      this.waiting.push(chunk)
      this.bytes += chunk.length
      return
    }
    taker.resolve({ done: false, value: chunk })
    this.onTaken()
  }

  private settle(): void {
    if (this.state === 'open') return
    for (const { resolve, reject } of this.takers.splice(0))
      if (this.state === 'failed') reject(this.error)
      else resolve(DONE)
  }

  private clear(): void {
    this.waiting.length = 0
    this.bytes = 0
  }
}
