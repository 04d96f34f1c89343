import { isSageError, SageError } from '../bytes/sage-error.js'
import type { Channel } from '../transport/channel.js'
import type { Circuit } from '../transport/circuit.js'
import { withDeadline, type Deadline } from '../transport/deadline.js'

/** A way to a responder, and what is known of it. */
export interface Way {
  /** Name of its transport. */
  readonly name: string
  readonly circuit: Circuit
  /** Opens a channel. @throws SageError as `Transport.open` */
  readonly open: (signal?: AbortSignal) => Promise<Channel>
}

/** There is no way at the moment. */
export const noWay = (): SageError =>
  new SageError('unreachable', 'no way to the responder is open at the moment; nothing was sent')

/** What is done before anything is sent. @throws SageError `unreachable` where it takes too long, and what `work` throws */
const beforeSending = async <Value>(work: () => Promise<Value>, deadline: Deadline): Promise<Value> => {
  try {
    return await withDeadline(work, deadline)
  } catch (cause) {
    if (!isSageError(cause, 'timeout')) throw cause
    throw new SageError('unreachable', 'no connection was made in time; nothing was sent', { cause })
  }
}

/**
 * The ways of a session to its responder, in order of preference: a session is bound to none of them (ws.session-moves).
 * Each message goes the first way that is up. One that is down is left alone for a while, and proved by a ping before a
 * request goes it again: what could be lost on it is nobody's request.
 */
export class Routes {
  private readonly opened = new Map<Way, Channel>()
  private readonly opening = new Map<Way, Promise<Channel>>()
  private current: Way
  private isClosed = false

  /**
   * @param ways one or more, `first` among them
   * @param channel that of `first`
   * @param ping asks the responder over a channel whether it is there
   */
  constructor(
    private readonly ways: readonly Way[],
    first: Way,
    channel: Channel,
    private readonly ping: (channel: Channel) => Promise<unknown>,
  ) {
    this.current = first
    this.opened.set(first, channel)
  }

  /** Name of the transport that messages go by. */
  get transport(): string {
    return this.current.name
  }

  /** The open channel that is preferred now: what is held as a whole goes by it. */
  get channel(): Channel {
    for (const way of this.ways) {
      const channel = this.opened.get(way)
      if (channel !== undefined && way.circuit.state === 'up') return channel
    }
    return this.opened.get(this.current)!
  }

  /**
   * Sends by the first way that is up, and by the next where nothing was sent on it (message.no-resend).
   * @param send is called again only where it has thrown `unreachable`
   * @throws SageError what `send` throws; `unreachable` where there is no way, `aborted`
   */
  async over<Value>(send: (channel: Channel) => Promise<Value>, deadline: Deadline): Promise<Value> {
    let refusal: SageError | undefined
    for (const way of this.ways) {
      try {
        if (way.circuit.state !== 'up' && !(await this.isProved(way, deadline))) continue
        const channel = this.opened.get(way) ?? (await beforeSending(() => this.open(way), deadline))
        this.current = way
        return await send(channel)
      } catch (error) {
        if (!isSageError(error, 'unreachable')) throw error
        refusal = error
      }
    }
    throw refusal ?? noWay()
  }

  /** Ends the channels. Does not reject. */
  async close(): Promise<void> {
    this.isClosed = true
    await Promise.all([...this.opened.values()].map(channel => channel.close()))
  }

  /** Is a way that was down up again? Nobody waits for that who has another. */
  private async isProved(way: Way, deadline: Deadline): Promise<boolean> {
    if (way.circuit.state === 'down') return false
    const proved = way.circuit.probe(async () => this.ping(await this.open(way)))
    if (this.ways.some(({ circuit }) => circuit.state === 'up')) return false
    await beforeSending(() => proved, deadline)
    return way.circuit.state === 'up'
  }

  private async open(way: Way): Promise<Channel> {
    const opened = this.opened.get(way)
    if (opened !== undefined) return opened
    const opening = this.opening.get(way) ?? this.keep(way)
    this.opening.set(way, opening)
    return opening
  }

  private async keep(way: Way): Promise<Channel> {
    try {
      const channel = await way.circuit.blame(() => way.open())
      this.opened.set(way, channel)
      if (!this.isClosed) return channel
      await channel.close()
      throw noWay()
    } finally {
      this.opening.delete(way)
    }
  }
}
