/** A chunk, and whether it is the last one. */
export interface MarkedChunk {
  readonly chunk: Uint8Array
  readonly isLast: boolean
}

const NOTHING = new Uint8Array()

const nextTurn = (): Promise<undefined> => new Promise(resolve => setImmediate(() => resolve(undefined)))

/**
 * The chunks of an application, each with the word whether it is the last. A chunk is not held back for that: where the
 * application has not ended by the next turn of the event loop, there is more to come, and be it an empty last chunk.
 */
export class MarkedChunks {
  private readonly source: AsyncIterator<Uint8Array>
  private following: Promise<IteratorResult<Uint8Array>> | undefined

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.source = chunks[Symbol.asyncIterator]()
  }

  /**
   * The next chunk. Not to be called again before it has resolved, nor after the last one.
   * @throws TypeError for what is no bytes; whatever the application throws
   */
  async next(): Promise<MarkedChunk> {
    const { done, value } = await (this.following ?? this.pull())
    if (done === true) return { chunk: NOTHING, isLast: true }
    if (!(value instanceof Uint8Array)) throw new TypeError('a chunk is a Uint8Array')
    this.following = this.pull()
    const soon = await Promise.race([this.following.catch(() => undefined), nextTurn()])
    return { chunk: value, isLast: soon?.done === true }
  }

  /** Nothing more is wanted. */
  stop(): void {
    void (async () => this.source.return?.())().catch(() => undefined)
  }

  private pull(): Promise<IteratorResult<Uint8Array>> {
    const pulled = (async () => this.source.next())()
    // Whoever asks for it is told; nobody may.
    pulled.catch(() => undefined)
    return pulled
  }
}
