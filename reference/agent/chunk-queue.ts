import type { SageError } from '../bytes/sage-error.js'

type Result = IteratorResult<Uint8Array, undefined>

interface Taker {
  readonly resolve: (result: Result) => void
  readonly reject: (error: SageError) => void
}

const DONE: Result = { done: true, value: undefined }

/**
 * Chunks between the peer and whoever takes them here, in their order. How many wait in it is for the credit to bound. An
 * empty chunk that is the last one only ends, and is not given to anybody.
 */
export class ChunkQueue implements AsyncIterableIterator<Uint8Array> {
  /** Bytes that wait. */
  bytes = 0
  private readonly waiting: Uint8Array[] = []
  private readonly takers: Taker[] = []
  private end: 'open' | 'ended' | SageError = 'open'

  /** @param onTaken called for every chunk that somebody takes */
  constructor(private readonly onTaken: () => void = () => undefined) {}

  /** Chunks that wait. */
  get length(): number {
    return this.waiting.length
  }

  /** Does somebody wait for a chunk? */
  get isAwaited(): boolean {
    return this.takers.length > 0
  }

  push(chunk: Uint8Array, isLast: boolean): void {
    if (!isLast || chunk.length > 0) this.hand(chunk)
    if (isLast && this.end === 'open') this.end = 'ended'
    if (this.end !== 'open') this.settle()
  }

  /** What waits is dropped, and whoever takes, now or later, gets the error; unless it has come to its end already. */
  fail(error: SageError): void {
    if (this.end === 'ended' && this.waiting.length === 0) return
    this.clear()
    this.end = error
    this.settle()
  }

  next(): Promise<Result> {
    const chunk = this.waiting.shift()
    if (chunk === undefined)
      return new Promise((resolve, reject) => {
        this.takers.push({ resolve, reject })
        if (this.end !== 'open') this.settle()
      })
    this.bytes -= chunk.length
    this.onTaken()
    return Promise.resolve({ done: false, value: chunk })
  }

  /** Nobody takes any more. */
  return(): Promise<Result> {
    this.clear()
    this.end = 'ended'
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
    for (const { resolve, reject } of this.takers.splice(0))
      if (typeof this.end === 'string') resolve(DONE)
      else reject(this.end)
  }

  private clear(): void {
    this.waiting.length = 0
    this.bytes = 0
  }
}
