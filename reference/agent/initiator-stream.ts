import type { Metadata, Stream } from '../../schemas/index.js'
import { enforce } from '../bytes/guard.js'
import { isSageError, SageError } from '../bytes/sage-error.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import type { Deadline } from '../transport/deadline.js'
import type { Answer, Conversation, ConversationChannel } from '../transport/channel.js'
import { Bell } from './bell.js'
import { ChunkQueue } from './chunk-queue.js'
import type { InitiatorSeams } from './initiator-seams.js'
import type { LiveSession } from './live-session.js'
import { MarkedChunks, type MarkedChunk } from './marked-chunks.js'
import {
  isAuthenticated,
  openResponse,
  unknownOutcome,
  type OpenedResponse,
  type RequestContent,
  type SealedRequest,
} from './sealed-request.js'
import { isChunk, StreamState } from './stream-state.js'

/** What an initiator puts into a stream. */
export type StreamInput = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** How a stream is opened. */
export interface StreamOptions extends Pick<Deadline, 'signal'> {
  /** Up to 32 names and printable values. */
  readonly metadata?: Metadata
  /** Compress the chunks for which that is worth it, where the peer declares `gzip`. */
  readonly encoding?: 'gzip'
  /** Milliseconds for which the peer may be silent while it is its turn; those of `connect` by default. */
  readonly timeoutMs?: number
}

/** The answer of a stream, chunk by chunk, to be taken once. */
export interface SessionStream extends AsyncIterable<Uint8Array> {
  /**
   * Tells the peer that the answer is not wanted any more, and resolves when the stream is over. Who takes chunks gets
   * `cancelled`. Leaving a `for await` does the same. Does not reject.
   */
  cancel(): Promise<void>
}

/** What a stream of an initiator is made of. */
export interface InitiatorStreamInput {
  readonly task: string
  readonly chunks: StreamInput
  readonly options: StreamOptions
  /** A token that no request in flight has. */
  readonly id: string
  readonly window: number
  readonly timeoutMs: number
  readonly live: LiveSession
  readonly channel: ConversationChannel
  readonly seams: InitiatorSeams
  /** Seals a message of the session. @throws SageError as `sealRequest` */
  readonly seal: (content: Omit<RequestContent, 'maxBytes'>) => Promise<SealedRequest>
}

/** Milliseconds that the responder has to say that it has stopped. */
const CANCEL_TIMEOUT_MS = 5_000

const NOTHING = new Uint8Array()

/** Two turns of the event loop: what has arrived by now has been read by then. */
const twoTurns = (): Promise<undefined> =>
  new Promise(resolve => setImmediate(() => setImmediate(() => resolve(undefined))))

async function* each(chunks: StreamInput): AsyncGenerator<Uint8Array> {
  if (chunks instanceof Uint8Array) yield chunks
  else yield* chunks
}

/** A stream of an initiator, from its opening to its end. */
export class InitiatorStream implements SessionStream {
  /** Resolves when it is over, however that came. Does not reject. */
  readonly finished: Promise<void>
  /** Has somebody begun to take chunks? */
  isTaken = false
  private readonly counts: StreamState
  private readonly arrived = new ChunkQueue(() => this.onTaken())
  private readonly input: MarkedChunks
  private readonly bell = new Bell()
  private readonly abort = new AbortController()
  private interrupt: (reason: unknown) => void = () => undefined
  private readonly interrupted: Promise<never>
  private opening: SealedRequest | undefined
  private conversation: Conversation | undefined
  private further = 0
  private taken = 0
  private isInputAwaited = true
  private isGivenUp = false
  private isOver = false
  private silence: NodeJS.Timeout | undefined
  private parting: NodeJS.Timeout | undefined

  constructor(private readonly context: InitiatorStreamInput) {
    const { id, task, window, chunks, options, channel } = context
    this.counts = new StreamState({ id, task, window })
    this.input = new MarkedChunks(each(chunks))
    // A body has no credit: what is not taken is not read.
    if (channel.isDuplex !== true) this.counts.given = Infinity
    this.interrupted = new Promise((_resolve, reject) => (this.interrupt = reject))
    this.interrupted.catch(() => undefined)
    options.signal?.addEventListener('abort', this.onAbort)
    this.finished = this.run()
    if (options.signal?.aborted === true) this.onAbort()
  }

  cancel(): Promise<void> {
    this.giveUp(new SageError('cancelled', 'the stream was cancelled'))
    return this.finished
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return {
      next: () => {
        this.isTaken = true
        const next = this.arrived.next()
        this.watch()
        return next
      },
      return: () => {
        void this.cancel()
        return this.arrived.return()
      },
    }
  }

  private get isDuplex(): boolean {
    return this.context.channel.isDuplex === true
  }

  private get parts() {
    return this.context.seams.streamParts
  }

  private async run(): Promise<void> {
    this.context.live.begin()
    try {
      await Promise.race([this.hold(), this.interrupted])
    } catch (error) {
      this.arrived.end(this.opening === undefined ? error : outcomeOf(error))
    } finally {
      this.isOver = true
      clearTimeout(this.silence)
      clearTimeout(this.parting)
      this.context.options.signal?.removeEventListener('abort', this.onAbort)
      this.conversation?.end()
      this.input.stop()
      this.bell.ring()
      this.context.live.finish()
    }
  }

  /** Holds the conversation, until the responder has sent its last chunk. */
  private async hold(): Promise<void> {
    const { task, options, channel, seams, timeoutMs, seal } = this.context
    const first = await (this.isDuplex ? this.input.next() : this.only())
    if (this.isGivenUp) return
    this.isInputAwaited = false
    const stream = this.parts.member(this.counts.send(first.isLast))
    const { metadata, encoding } = options
    const { id } = this.context
    this.opening = await seal({ id, task, plaintext: first.chunk, metadata, encoding, stream })
    const { signal } = this.abort
    const body = encodeUtf8(JSON.stringify(this.opening.message))
    try {
      this.conversation = await seams.initiatorParts.converse(channel, { id, body, timeoutMs, signal })
    } catch (cause) {
      this.opening = undefined
      throw cause
    }
    if (this.isGivenUp) return this.conversation.end()
    this.watch()
    void this.sendOn(first.isLast).catch(this.cannotSend)
    await this.receive(this.conversation)
  }

  /** The one chunk of a stream whose transport carries no more. @throws SageError `configuration` */
  private async only(): Promise<MarkedChunk> {
    const { chunk, isLast } = await this.input.next()
    const rest = isLast ? undefined : await this.input.next()
    if (rest !== undefined && !(rest.isLast && rest.chunk.length === 0))
      throw new SageError('configuration', 'this transport carries streams of one chunk; nothing was sent')
    return { chunk, isLast: true }
  }

  private async sendOn(isEnded: boolean): Promise<void> {
    for (let isLast = isEnded; !isLast;) {
      this.isInputAwaited = true
      this.watch()
      const next = await this.input.next()
      this.isInputAwaited = false
      this.watch()
      while (!this.isOver && !this.isGivenUp && !this.parts.maySend(this.counts)) await this.bell.rung()
      if (this.isOver || this.isGivenUp) return
      isLast = next.isLast
      await this.say(this.counts.send(isLast), next.chunk)
    }
  }

  private async say(member: Stream, plaintext: Uint8Array = NOTHING): Promise<void> {
    const { id, task, options, seal } = this.context
    const stream = this.parts.member(member)
    const encoding = isChunk(member) ? options.encoding : undefined
    const { message } = await seal({ id: `${id}:${++this.further}`, task, plaintext, encoding, stream })
    // What any of its chunks has asked for, the stream has (gzip.response-unasked).
    if (message.encoding !== undefined && this.opening !== undefined)
      this.opening = { ...this.opening, message: { ...this.opening.message, encoding: message.encoding } }
    await this.conversation?.send(encodeUtf8(JSON.stringify(message)))
  }

  private async receive(conversation: Conversation): Promise<void> {
    while (!this.counts.peerEnded) {
      while (!this.isDuplex && this.arrived.length > 0 && !this.isGivenUp) await this.bell.rung()
      const answer = await this.answer(conversation)
      if (answer === undefined) return this.arrived.end()
      const last = await this.take(answer)
      if (last !== undefined) await this.close(last, conversation)
      this.watch()
    }
  }

  /** The next answer; undefined where there is none and that is to be a success. */
  private async answer(conversation: Conversation): Promise<Answer | undefined> {
    try {
      const answer = await conversation.next()
      if (answer !== undefined) return answer
      throw new SageError('connection_lost', 'the answer ended before its last chunk')
    } catch (cause) {
      return void this.parts.cutOff(cause)
    }
  }

  /** Takes what has come; gives the plaintext of the last chunk. */
  private async take(answer: Answer): Promise<Uint8Array | undefined> {
    const { seams } = this.context
    const { envelope, plaintext, error } = await this.open(answer)
    const { stream } = envelope
    if (error !== undefined) throw error
    if (stream === undefined || 'cancel' in stream) throw new SageError('peer_rejected', 'neither a chunk nor a credit')
    if (isChunk(stream)) {
      enforce(seams.guards.chunk, { chunk: stream, live: this.counts })
      this.counts.receive(stream)
      if (stream.end) return plaintext
      if (!this.isGivenUp) this.arrived.push(plaintext, false)
    } else if (stream.credit > this.counts.credit) {
      this.counts.raise(stream.credit)
      this.bell.ring()
    }
    return undefined
  }

  /**
   * Gives the last chunk, unless another comes right behind it (stream.received-order): the one who has got it believes
   * that this was all.
   */
  private async close(last: Uint8Array, conversation: Conversation): Promise<void> {
    const answer = await Promise.race([conversation.next().catch(() => undefined), twoTurns()])
    const opened = answer && (await this.open(answer).catch(() => undefined))
    const chunk = opened?.envelope.stream
    if (chunk !== undefined && isChunk(chunk)) enforce(this.context.seams.guards.chunk, { chunk, live: this.counts })
    if (!this.isGivenUp) this.arrived.push(last, true)
  }

  private async open(answer: Answer): Promise<OpenedResponse> {
    if (this.opening === undefined) throw new SageError('internal', 'nothing has been asked')
    return openResponse(this.context.live, answer, this.opening, this.context.seams)
  }

  private onTaken(): void {
    this.taken++
    this.bell.ring()
    if (!this.isDuplex || this.isOver || this.counts.peerEnded) return
    const credit = this.parts.creditFor(this.taken, this.counts)
    if (credit <= this.counts.given) return
    void this.say(this.counts.give(credit)).catch(this.cannotSend)
  }

  private readonly cannotSend = (error: unknown): void => {
    const isOfSession = isSageError(error, 'session_closed') || isSageError(error, 'connection_lost')
    this.giveUp(isOfSession ? unknownOutcome(error) : error)
  }

  private readonly onAbort = (): void => {
    const aborted = new SageError('aborted', 'the caller gave up', { cause: this.context.options.signal?.reason })
    this.giveUp(this.opening === undefined ? aborted : unknownOutcome(aborted))
  }

  /** Whoever takes chunks gets the error. The responder is told, and has a while to say that it has stopped. */
  private giveUp(error: unknown): void {
    if (this.isOver || this.isGivenUp) return
    this.isGivenUp = true
    this.arrived.fail(error)
    this.input.stop()
    this.bell.ring()
    this.abort.abort()
    if (this.conversation === undefined || !this.isDuplex) return this.interrupt(error)
    this.say({ id: this.counts.id, cancel: true }).catch(reason => this.interrupt(reason))
    this.parting = setTimeout(() => this.interrupt(error), Math.min(CANCEL_TIMEOUT_MS, this.context.timeoutMs))
  }

  /** Somebody waits for a chunk, and it is the peer's turn: it may be silent for so long, and no longer. */
  private watch(): void {
    clearTimeout(this.silence)
    const isPeersTurn = this.arrived.isAwaited && !this.isInputAwaited
    if (this.isOver || this.conversation === undefined || !isPeersTurn) return
    const late = (): void => this.giveUp(unknownOutcome(new SageError('timeout', 'no answer in time')))
    this.silence = setTimeout(late, Math.min(this.context.timeoutMs, 2 ** 31 - 1))
  }
}

/** What has been sent and has come to no authenticated end may have been carried out. */
const outcomeOf = (error: unknown): unknown => {
  if (!isSageError(error)) return error
  const isKnown = isAuthenticated(error) || error.code === 'unreachable' || error.code === 'outcome_unknown'
  return isKnown ? error : unknownOutcome(error)
}
