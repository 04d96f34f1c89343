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
  readonly take: (answer: Answer) => void
  readonly lose: (error: SageError) => void
  /** Do further messages belong to it, and more than one answer? */
  readonly isConversation: boolean
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

  constructor(
    private readonly socket: WebSocket,
    private readonly options: ChannelOptions,
    private readonly parts: ChannelParts,
  ) {
    this.outbox = new Outbox(socket)
    this.pulse = new Pulse(parts.times, options.monotonic(), this.progress)
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

  /**
   * Sends a message and gives its answer. When `signal` is raised nobody waits for it any longer, and it is not sent if
   * nothing of it has left.
   * @throws SageError `unreachable`, `connection_lost`
   */
  request(id: string, body: Uint8Array, signal: AbortSignal): Promise<Answer> {
    if (this.isOver) throw unreachable('the connection has just ended', this.trouble)
    const answer = new Promise<Answer>((take, lose) => this.wait(id, { take, lose, isConversation: false }))
    const withdraw = this.outbox.send(body, this.parts.sendsBinary)
    signal.addEventListener('abort', () => {
      withdraw()
      this.forget(id)
    })
    return answer
  }

  /** Sends a message and listens to what answers it. @throws SageError `unreachable` */
  converse(id: string, body: Uint8Array): Conversation {
    if (this.isOver) throw unreachable('the connection has just ended', this.trouble)
    const conversation = new ClientConversation({ send: body => this.sendOn(body), forget: () => this.forget(id) })
    this.wait(id, {
      take: answer => conversation.take(answer),
      lose: error => conversation.lose(error),
      isConversation: true,
    })
    this.outbox.send(body, this.parts.sendsBinary)
    return conversation
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

  private wait(id: string, waiter: Waiter): void {
    this.waiters.set(id, waiter)
    this.rest()
  }

  private forget(id: string): void {
    this.waiters.delete(id)
    this.rest()
  }

  /** Nobody gets an answer any more: none can be matched to another connection (message.no-resend). */
  private lose(cause?: unknown): void {
    this.trouble ??= cause
    const lost = new SageError('connection_lost', 'the connection was lost', { cause: this.trouble })
    for (const { lose } of this.waiters.values()) lose(lost)
    this.waiters.clear()
  }

  private sweep(): void {
    if (this.socket.readyState !== this.socket.OPEN) return
    const verdict = this.pulse.look(this.options.monotonic(), this.progress)
    if (verdict === 'ping') this.socket.ping()
    if (verdict === 'dead') this.socket.terminate()
  }

  private get progress(): number {
    return (this.line?.bytesRead ?? 0) + this.outbox.written
  }

  private rest(): void {
    if (this.waiters.size === 0) this.line?.unref()
    else this.line?.ref()
  }
}
