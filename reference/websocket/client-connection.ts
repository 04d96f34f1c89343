import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { closeCodes } from '../../schemas/index.js'
import { firstRefusal } from '../bytes/guard.js'
import { SageError } from '../bytes/sage-error.js'
import type { Answer, ChannelOptions, Conversation } from '../transport/channel.js'
import type { ChannelParts } from './channel-parts.js'
import { ClientConversation } from './client-conversation.js'
import { Outbox } from './outbox.js'
import { Pulse } from './pulse.js'

interface Waiter {
  /** Who asked. */
  readonly owner: object
  readonly take: (answer: Answer) => void
  readonly lose: (error: SageError) => void
  /** Do further messages belong to it, and more than one answer? */
  readonly isConversation: boolean
  /** Takes its message back, where nothing of it has left, and says whether it was so. */
  withdraw: () => boolean
}

/** What a connection is made of, beside its socket. */
export interface ClientConnectionOptions extends Pick<ChannelOptions, 'messageIdOf' | 'monotonic'> {
  /** Milliseconds after which it ends when nobody waits for an answer on it. */
  readonly idleMs: number
}

const unreachable = (message: string, cause?: unknown): SageError =>
  new SageError('unreachable', `${message}; nothing was sent`, { cause })

/** Close code of who is done (RFC 6455 §7.4.1). */
const DONE = 1000

/**
 * One connection of an initiator. It keeps a process alive while somebody waits for an answer, and no longer. Answers are
 * matched to requests by their `message_id`; everything else is ignored (ws.unmatched).
 */
export class ClientConnection {
  /** Resolves when messages may be sent. Rejects with `unreachable` where it never comes to that. */
  readonly opened: Promise<void>
  private readonly ended: Promise<void>
  private readonly waiters = new Map<string, Waiter>()
  private readonly outbox: Outbox
  private readonly pulse: Pulse
  private readonly sweeping: NodeJS.Timeout
  private line: Socket | undefined
  private trouble: unknown
  private idleSince: number
  /** Who is about to ask. */
  private claims = 0

  constructor(
    private readonly socket: WebSocket,
    private readonly options: ClientConnectionOptions,
    private readonly parts: ChannelParts,
  ) {
    this.outbox = new Outbox(socket)
    this.idleSince = options.monotonic()
    this.pulse = new Pulse(parts.times, this.idleSince, this.progress)
    this.sweeping = setInterval(() => this.sweep(), parts.sweepMs).unref()
    this.opened = new Promise((resolve, reject) => {
      socket.once('open', () => this.begin(resolve, reject))
      socket.once('close', () => reject(unreachable('no connection could be made', this.trouble)))
    })
    // Nobody may be waiting for it.
    this.opened.catch(() => undefined)
    this.ended = new Promise(resolve => socket.once('close', () => resolve()))
    socket.once('upgrade', ({ socket: line }) => (this.line = line))
    socket.on('error', error => this.lose(error))
    socket.once('close', () => {
      clearInterval(this.sweeping)
      this.lose()
    })
    socket.on('message', (bytes: Buffer, isBinary) => this.receive(bytes, isBinary))
  }

  /** Can nothing be sent on it any more? */
  get isOver(): boolean {
    return this.socket.readyState === this.socket.CLOSING || this.socket.readyState === this.socket.CLOSED
  }

  /** How many wait for answers on it, or are about to. */
  get load(): number {
    return this.waiters.size + this.claims
  }

  /** Does anything that this one has asked wait for an answer here? */
  serves(owner: object): boolean {
    for (const waiter of this.waiters.values()) if (waiter.owner === owner) return true
    return false
  }

  /** Does somebody else wait here for the answer to a message of that `id`? */
  isTaken(id: string, owner: object): boolean {
    const waiter = this.waiters.get(id)
    return waiter !== undefined && waiter.owner !== owner
  }

  /** Resolves when messages may be sent, and counts who waits for that. @throws SageError `unreachable` */
  async ready(): Promise<this> {
    this.claims++
    try {
      await this.opened
      return this
    } finally {
      this.claims--
    }
  }

  /**
   * Sends a message and gives its answer. When `signal` is raised nobody waits for it any longer, and it is not sent if
   * nothing of it has left.
   * @throws SageError `unreachable` where nothing of it has left, `connection_lost`
   */
  request(id: string, body: Uint8Array, owner: object, signal: AbortSignal): Promise<Answer> {
    this.checkRoom(id, owner)
    return new Promise<Answer>((take, lose) => {
      const waiter = this.send(id, body, { owner, take, lose, isConversation: false })
      signal.addEventListener('abort', () => {
        waiter.withdraw()
        this.forget(id)
      })
    })
  }

  /** Sends a message and listens to what answers it. @throws SageError `unreachable` */
  converse(id: string, body: Uint8Array, owner: object): Conversation {
    this.checkRoom(id, owner)
    const conversation = new ClientConversation({ send: body => this.sendOn(body), forget: () => this.forget(id) })
    const take = (answer: Answer): void => conversation.take(answer)
    const lose = (error: SageError): void => conversation.lose(error)
    this.send(id, body, { owner, take, lose, isConversation: true })
    return conversation
  }

  /** Fails everything that this one has asked and that has no answer yet. */
  leave(owner: object): void {
    const error = new SageError('connection_lost', 'the channel was closed')
    for (const [id, waiter] of this.waiters)
      if (waiter.owner === owner) {
        this.fail(waiter, error)
        this.waiters.delete(id)
      }
    this.rest()
  }

  /** Ends it. Requests without an answer fail. */
  async close(): Promise<void> {
    this.line?.ref()
    if (this.socket.readyState === this.socket.CONNECTING) this.socket.terminate()
    else this.socket.close(DONE)
    this.lose()
    await this.ended
  }

  private begin(resolve: () => void, reject: (error: SageError) => void): void {
    if (!this.parts.isSelected(this.socket.protocol)) {
      reject(unreachable('the responder did not select the subprotocol'))
      return this.socket.terminate()
    }
    this.rest()
    resolve()
  }

  private receive(bytes: Uint8Array, isBinary: boolean): void {
    const reason = firstRefusal(this.parts.incomingGuards, { isBinary })
    if (reason !== undefined) {
      this.socket.close(closeCodes[reason])
      return this.lose()
    }
    const id = this.options.messageIdOf(bytes)
    const waiter = id === undefined ? undefined : this.waiterFor(id)
    if (id === undefined || waiter === undefined) return
    if (!waiter.isConversation) this.forget(id)
    waiter.take({ body: bytes })
  }

  /** The further messages of a conversation have its name, a colon, and a name of their own. */
  private waiterFor(id: string): Waiter | undefined {
    const colon = id.indexOf(':')
    const opener = colon < 0 ? undefined : this.waiters.get(id.slice(0, colon))
    return this.waiters.get(id) ?? (opener?.isConversation === true ? opener : undefined)
  }

  private async sendOn(body: Uint8Array): Promise<void> {
    if (this.isOver) throw new SageError('connection_lost', 'the connection was lost', { cause: this.trouble })
    this.outbox.send(body, this.parts.sendsBinary)
    await this.outbox.room()
  }

  private checkRoom(id: string, owner: object): void {
    if (this.isOver) throw unreachable('the connection has just ended', this.trouble)
    if (this.isTaken(id, owner)) throw unreachable('somebody else waits for that answer there')
  }

  private send(id: string, body: Uint8Array, asked: Omit<Waiter, 'withdraw'>): Waiter {
    const waiter = { ...asked, withdraw: () => true }
    // It waits before it is sent: a socket may say at once that it has ended.
    this.waiters.set(id, waiter)
    this.rest()
    waiter.withdraw = this.outbox.send(body, this.parts.sendsBinary)
    return waiter
  }

  private forget(id: string): void {
    this.waiters.delete(id)
    this.rest()
  }

  /** Nobody gets an answer any more: none can be matched to another connection (message.no-resend). */
  private lose(cause?: unknown): void {
    this.trouble ??= cause
    const lost = new SageError('connection_lost', 'the connection was lost', { cause: this.trouble })
    for (const waiter of this.waiters.values()) this.fail(waiter, lost)
    this.waiters.clear()
  }

  private fail(waiter: Waiter, lost: SageError): void {
    waiter.lose(waiter.withdraw() ? unreachable('the connection has ended', this.trouble) : lost)
  }

  private sweep(): void {
    if (this.socket.readyState !== this.socket.OPEN) return
    const now = this.options.monotonic()
    if (this.load === 0 && now - this.idleSince >= this.options.idleMs) return this.socket.close(DONE)
    const verdict = this.pulse.look(now, this.progress)
    if (verdict === 'ping') this.socket.ping()
    if (verdict === 'dead') this.socket.terminate()
  }

  private get progress(): number {
    return (this.line?.bytesRead ?? 0) + this.outbox.written
  }

  private rest(): void {
    this.idleSince = this.options.monotonic()
    if (this.waiters.size === 0) this.line?.unref()
    else this.line?.ref()
  }
}
