/** What the table has to know of a live stream. */
export interface TabledStream {
  /** Session to which it belongs. */
  readonly kid: string
  /** `stream.id`. */
  readonly id: string
  /** Bytes of chunks that its task has not taken yet. */
  readonly bytes: number
}

/** Name of a stream on its connection: the same id in another session is another stream. */
export type StreamKey = (kid: string, id: string) => string

/** The live streams of one connection. */
export class ConnectionStreams<Live extends TabledStream = TabledStream> implements Iterable<Live> {
  private readonly live = new Map<string, Live>()
  private readonly turns = new Map<string, Promise<void>>()

  /** @param onCount told how many more there are */
  constructor(
    private readonly keyOf: StreamKey,
    private readonly onCount: (more: 1 | -1) => void = () => undefined,
  ) {}

  get size(): number {
    return this.live.size
  }

  /** Bytes that wait for the tasks of all of them. */
  get bytes(): number {
    let bytes = 0
    for (const stream of this) bytes += stream.bytes
    return bytes
  }

  find(kid: string, id: string): Live | undefined {
    return this.live.get(this.keyOf(kid, id))
  }

  add(stream: Live): void {
    const key = this.keyOf(stream.kid, stream.id)
    if (!this.live.has(key)) this.onCount(1)
    this.live.set(key, stream)
  }

  /** The stream is over; its id may be used again. */
  remove(stream: Live): void {
    const key = this.keyOf(stream.kid, stream.id)
    if (this.live.get(key) === stream && this.live.delete(key)) this.onCount(-1)
  }

  /** Does the work for a message of a stream: at once, or after that of those before it which are not done yet. */
  inTurn<Value>(kid: string, id: string, work: () => Value | Promise<Value>): Value | Promise<Value> {
    const key = this.keyOf(kid, id)
    const before = this.turns.get(key)
    const result = before === undefined ? work() : before.then(work)
    if (!(result instanceof Promise)) return result
    const done = (): void => void (this.turns.get(key) === turn && this.turns.delete(key))
    const turn = result.then(done, done)
    this.turns.set(key, turn)
    return result
  }

  [Symbol.iterator](): Iterator<Live> {
    return this.live.values()
  }
}

/** The live streams of every connection. They go when their connection is forgotten. */
export class StreamTable<Live extends TabledStream> {
  /** Live streams of all connections. */
  size = 0
  private readonly connections = new WeakMap<object, ConnectionStreams<Live>>()

  constructor(private readonly keyOf: StreamKey) {}

  /** Those of one connection. */
  of(connection: object): ConnectionStreams<Live> {
    let streams = this.connections.get(connection)
    if (streams !== undefined) return streams
    streams = new ConnectionStreams(this.keyOf, more => (this.size += more))
    this.connections.set(connection, streams)
    return streams
  }
}
