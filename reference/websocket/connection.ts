import type { WebSocket } from 'ws'
import { closeCodes } from '../../schemas/index.js'
import { enforce, firstRefusal, type Guard } from '../bytes/guard.js'
import { SageError } from '../bytes/sage-error.js'
import {
  isContinuation,
  type Arrival,
  type Exchange,
  type Reading,
  type Reply,
  type StreamReply,
} from '../transport/exchange.js'
import type { CloseReason, ConnectionCaps, IncomingContext, LoadContext } from './incoming-guards.js'
import { Outbox } from './outbox.js'
import type { Pulse } from './pulse.js'
import type { TextSubject, WebSocketParts } from './websocket-parts.js'

/** What the connections of a responder have in common. */
export interface ConnectionOptions {
  readonly exchange: Exchange
  readonly maxMessageBytes: number
  readonly caps: ConnectionCaps
  readonly incomingGuards: readonly Guard<IncomingContext, CloseReason>[]
  readonly loadGuards: readonly Guard<LoadContext>[]
  readonly parts: WebSocketParts
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number
  /** Told of exceptions that nobody foresaw. */
  readonly fault: (error: unknown) => void
}

/** The connection below the frames, which counts the bytes that arrive. */
export interface Line {
  readonly bytesRead: number
}

/** Bytes of requests that may wait to be accepted before the next are read. */
const MAX_UNJUDGED_BYTES = 2 ** 20

const subjectOf = (reply: Reply, connection: TextSubject['connection']): TextSubject => {
  const { kind, message } = reply
  if (kind !== 'error') return { kind, message, connection }
  return { kind, code: reply.body.error, ...(message !== undefined && { message }), connection }
}

/** One connection of a responder: answers what arrives, each message as soon as its answer is there (ws.multiplexed). */
export class Connection {
  /** Resolves when it has ended, whoever ended it. */
  readonly ended: Promise<void>
  private readonly running = new Set<AbortController>()
  private readonly outbox: Outbox
  private readonly pulse: Pulse
  private readonly turn: ReturnType<WebSocketParts['createTurns']>
  private requestBytes = 0
  /** Bytes of requests of which it is not known yet whether they are accepted. */
  private unjudgedBytes = 0
  private isDraining = false
  private isPaused = false
  private onIdle = (): void => undefined

  constructor(
    private readonly socket: WebSocket,
    private readonly line: Line,
    private readonly options: ConnectionOptions,
  ) {
    const { parts, monotonic, fault } = options
    this.outbox = new Outbox(socket, () => this.waitForReader())
    this.pulse = parts.createPulse(monotonic(), this.progress)
    this.turn = parts.createTurns()
    this.ended = new Promise(resolve => socket.once('close', () => resolve()))
    void this.ended.then(() => this.abort())
    // The frames, their UTF-8 and their size are judged below: by now a close frame with the code has been sent
    // (ws.protocol-error, ws.not-utf8, ws.message-limit), and nobody waits for answers any longer.
    socket.on('error', () => this.abort())
    socket.on('message', (bytes: Buffer, isBinary) => {
      if (socket.readyState !== socket.OPEN) return
      void this.receive(bytes, isBinary).catch((error: unknown) => {
        fault(error)
        socket.terminate()
      })
    })
  }

  /** Does what is due: a ping, or the end of what is dead or of no use. */
  sweep(): void {
    if (this.socket.readyState !== this.socket.OPEN) return
    const verdict = this.pulse.look(this.options.monotonic(), this.progress)
    if (verdict === 'ping') this.socket.ping()
    if (verdict === 'unused') this.close(closeCodes.noId)
    if (verdict === 'dead') this.socket.terminate()
  }

  /** Answers nothing new, and resolves when nothing runs any longer. */
  drain(): Promise<void> {
    this.isDraining = true
    return new Promise(resolve => {
      this.onIdle = resolve
      if (this.running.size === 0) resolve()
    })
  }

  /** Closes with a code. Nobody waits for the answers of what still runs. */
  close(code: number): void {
    this.socket.close(code)
    this.abort()
  }

  private get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN
  }

  private get progress(): number {
    return this.line.bytesRead + this.outbox.written
  }

  private async receive(bytes: Uint8Array, isBinary: boolean): Promise<void> {
    const { exchange, incomingGuards } = this.options
    let read: Reading | undefined
    const context: IncomingContext = {
      isBinary,
      get reading() {
        return (read ??= exchange.read(bytes))
      },
    }
    const reason = firstRefusal(incomingGuards, context)
    if (reason !== undefined) {
      if (read !== undefined) exchange.unanswered(read)
      return this.close(closeCodes[reason])
    }
    await this.answer(context.reading, bytes.length)
  }

  private async answer(reading: Reading, bytes: number): Promise<void> {
    const { exchange } = this.options
    const abort = new AbortController()
    this.running.add(abort)
    this.requestBytes += bytes
    this.unjudgedBytes += bytes
    let isJudged = false
    const judged = (): void => {
      if (isJudged) return
      isJudged = true
      this.unjudgedBytes -= bytes
      if (this.isPaused) this.waitForReader()
    }
    const arrival = this.arrival(abort, judged)
    try {
      const replying = this.turn(() => exchange.answer(reading, arrival))
      // Mostly it is known at once. Where others have to be asked, no more is read than they are asked about.
      if (!isJudged) this.waitForReader()
      const reply = await replying.finally(() => {
        this.requestBytes -= bytes
        judged()
      })
      if (reply.kind === 'stream') await this.pour(reply)
      else if (reply.kind !== 'none') await this.say(reply.body, reply)
    } finally {
      this.running.delete(abort)
      if (this.running.size === 0) this.onIdle()
    }
  }

  /** Sends what a stream has to say, as fast as it is taken. */
  private async pour(reply: StreamReply): Promise<void> {
    for await (const body of reply.responses) {
      await this.say(body, reply)
      await this.outbox.room()
      if (!this.isOpen) return
    }
  }

  private async say(body: object, reply: Reply): Promise<void> {
    if (!this.isOpen) return
    this.outbox.send(await this.options.parts.text(JSON.stringify(body), subjectOf(reply, this)))
    this.waitForReader()
  }

  private arrival(abort: AbortController, judged: () => void): Arrival {
    const { caps, loadGuards } = this.options
    const load = { requests: this.running.size, bytes: this.requestBytes, caps }
    return {
      transport: 'ws',
      connection: this,
      judge: message => {
        if (this.isDraining && !isContinuation(message)) throw new SageError('unavailable', 'no room for a request')
        enforce(loadGuards, load)
      },
      accepted: () => {
        judged()
        this.pulse.accepted()
      },
      signal: () => abort.signal,
    }
  }

  /** Reads on only while neither the answers pile up (ws.unread) nor what is to be judged does. */
  private waitForReader(): void {
    const { maxMessageBytes } = this.options
    const isTooMuch = this.outbox.waiting > maxMessageBytes || this.unjudgedBytes > MAX_UNJUDGED_BYTES
    if (isTooMuch === this.isPaused) return
    this.isPaused = isTooMuch
    if (isTooMuch) this.socket.pause()
    else this.socket.resume()
  }

  private abort(): void {
    for (const abort of this.running) abort.abort()
  }
}
