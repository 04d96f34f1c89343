import { CLOSE_TASK, PING_TASK, type Limits, type Metadata } from '../../schemas/index.js'
import { isSageError, SageError } from '../bytes/sage-error.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { equal } from '../crypto/equal.js'
import { withDeadline, type Deadline } from '../transport/deadline.js'
import { hasBatches, hasConversations, type Answer, type Channel, type OutgoingBatch } from '../transport/channel.js'
import { randomUuid, type Clock, type Entropy } from './clock.js'
import type { Connections } from './connections.js'
import { InitiatorStream, type SessionStream, type StreamInput, type StreamOptions } from './initiator-stream.js'
import type { InitiatorSeams } from './initiator-seams.js'
import type { LiveSession } from './live-session.js'
import type { Routes } from './routes.js'
import { sendInBatches, settle, type BatchRequest, type Settled } from './send-batch.js'
import {
  isAuthenticated,
  sealRequest,
  unknownOutcome,
  type RequestContent,
  type SealedRequest,
} from './sealed-request.js'

/** Whom a session is with, and what that rests on (identity.url-only-visible). */
export interface SessionPeer {
  readonly did: string
  /** `expected-did`: the caller named this DID. `url`: the caller named a URL only, and whoever answers there is the peer. */
  readonly authenticatedBy: 'expected-did' | 'url'
}

/** How one request is sent; `timeoutMs` are those of `connect` by default. */
export interface SendOptions extends Deadline {
  /** Up to 32 names and printable values. */
  readonly metadata?: Metadata
  /**
   * Compress the plaintext where the responder declares `gzip` and there are 1024 bytes or more (gzip.declared, gzip.small).
   * The answer may be compressed then, as it may where `metadata` says `accept-encoding: gzip`. Lengths are visible: never
   * where something secret stands beside something that an attacker chooses.
   */
  readonly encoding?: 'gzip'
  /** The task may be carried out twice: a request whose outcome is unknown is sent once more, in a record of its own. */
  readonly idempotent?: boolean
}

/** What a session is made of. */
export interface SessionInput {
  readonly live: LiveSession
  readonly peer: SessionPeer
  readonly limits: Limits
  /** What the responder declares. */
  readonly capabilities: readonly string[]
  /** The ways to the responder; `ping` asks over a channel whether it is there. */
  readonly openRoutes: (ping: (channel: Channel) => Promise<unknown>) => Routes
  /** The connections, where they are the session's own: they end with it. */
  readonly connections?: Connections
  readonly clock: Clock
  readonly entropy: Entropy
  readonly timeoutMs: number
  readonly seams: InitiatorSeams
}

/** Milliseconds that a peer has to hear of the end. */
const CLOSE_TIMEOUT_MS = 5_000

/** Milliseconds in which a way has to carry a ping to be up again. */
const PING_TIMEOUT_MS = 5_000

/**
 * A session with a responder. Each is an object of its own, so that no responder can touch what another is doing
 * (handshake.sessions-by-peer).
 */
export class Session implements AsyncDisposable {
  readonly peer: SessionPeer
  // Truly private: a dump of a session must not show its keys.
  readonly #input: SessionInput
  readonly #routes: Routes
  #watch: NodeJS.Timeout | undefined
  private readonly running = new Set<Promise<unknown>>()
  private readonly streams = new Set<InitiatorStream>()
  private closing: Promise<void> | undefined

  constructor(input: SessionInput) {
    this.#input = input
    this.peer = input.peer
    this.#routes = input.openRoutes(channel => this.pingOver(channel))
    this.endWhenOver()
  }

  /** Name of the transport that carries the messages now, such as `ws` or `http`. */
  get transport(): string {
    return this.#routes.transport
  }

  /**
   * Sends a request, and gives the plaintext of its answer (message.response-honoured). It is sent once, and again only
   * where the caller has said `idempotent` (message.no-resend), never outside a record (message.no-plaintext).
   * @param plaintext so many bytes that the message, in base64, keeps to the peer's `maxMessageBytes`
   * @throws SageError with the code of an authenticated error (`cause` is a TaskFailure with the plaintext of
   * `application_failed`). Before anything is sent: `session_closed`, `configuration`, `aborted`, `unreachable`,
   * and `payload_too_large` over the peer's `maxMessageBytes`. After that, `outcome_unknown` for everything else: a plain
   * error, a lost connection, no answer in time, an answer that does not open; its `cause` says which
   */
  async send(task: string, plaintext: Uint8Array, options: SendOptions = {}): Promise<Uint8Array> {
    if (this.closing !== undefined) throw new SageError('session_closed', 'the session is closed')
    return this.track(this.sendOrRepeat(task, plaintext, options))
  }

  /**
   * Sends several requests, and gives what came of each, in their order. Where the peer and the transport have batches they
   * go in as few as its limits allow, one after the other; elsewhere each goes alone, all at once. Each is sent once, as
   * {@link send} does it. `timeoutMs` is for each batch.
   * @throws SageError `session_closed`; what goes wrong with a request is its outcome
   */
  async sendBatch(requests: readonly BatchRequest[], deadline: Deadline = {}): Promise<readonly Settled[]> {
    if (this.closing !== undefined) throw new SageError('session_closed', 'the session is closed')
    return this.track(this.settleAll(requests, deadline))
  }

  /**
   * Opens a task as a stream: sends the chunks as the peer gives credit for them, and gives those of the answer as they are
   * taken. Over WebSocket both go on at once; over HTTP one chunk is sent, and many may come back. Where the last chunk is
   * empty it only ends, and is not given. Nothing is sent twice.
   * @param chunks one chunk, or many; each so many bytes that the message, in base64, keeps to the peer's `maxMessageBytes`
   * @returns the answer. Whoever takes its chunks gets, after those that have arrived, a SageError with the code of an
   * authenticated error; `cancelled`; before anything is sent `configuration`, `aborted`, `unreachable`,
   * `payload_too_large`, `session_closed`; after that `outcome_unknown` for everything else, such as an answer that ends
   * before its last chunk (stream.truncated) or a chunk that is out of order (stream.received-order); and what `chunks`
   * throws
   * @throws SageError `session_closed`; `configuration` where the peer does not declare streams (stream.declared) or the
   * transport has none
   */
  stream(task: string, chunks: StreamInput, options: StreamOptions = {}): SessionStream {
    const { live, limits, capabilities, entropy, timeoutMs, seams } = this.#input
    const { channel } = this.#routes
    if (this.closing !== undefined) throw new SageError('session_closed', 'the session is closed')
    if (!seams.streamParts.mayOpen(capabilities))
      throw new SageError('configuration', 'the peer does not declare streams; nothing was sent')
    if (!hasConversations(channel)) throw new SageError('configuration', 'this transport has no streams')
    const stream = new InitiatorStream({
      ...{ task, chunks, options, live, channel, seams, id: randomUuid(entropy) },
      window: limits.streamWindow,
      timeoutMs: options.timeoutMs ?? timeoutMs,
      seal: content => this.sealContent(content),
    })
    this.streams.add(stream)
    void this.track(stream.finished).then(() => this.streams.delete(stream))
    return stream
  }

  /** Is the peer there, and still in this session? @throws SageError as {@link send} */
  async ping(options: SendOptions = {}): Promise<void> {
    const plaintext = this.#input.entropy(16)
    const answer = await this.send(PING_TASK, plaintext, options)
    if (!equal(answer, plaintext)) throw new SageError('peer_rejected', 'the answer to a ping is not what was sent')
  }

  /**
   * Lets what runs come to its end, save streams of which nobody has taken a chunk, tells the peer, and erases the keys. When `timeoutMs` are over or `signal` is raised it
   * does so at once, and the outcome of what still runs is unknown. Does not reject: the session ends in any case. Of
   * several calls the first counts.
   */
  close(deadline: Deadline = {}): Promise<void> {
    this.closing ??= this.end(deadline)
    return this.closing
  }

  /** `await using` ends in {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  private async end(deadline: Deadline): Promise<void> {
    const { live, connections } = this.#input
    try {
      await withDeadline(signal => this.sayGoodbye(signal), deadline)
    } catch {
      // Whether the peer heard it or will let the session expire: nothing more is said in it.
    }
    clearTimeout(this.#watch)
    live.end()
    await this.#routes.close()
    await connections?.close()
  }

  private async sayGoodbye(signal: AbortSignal): Promise<void> {
    for (const stream of this.streams) if (!stream.isTaken) void stream.cancel()
    await Promise.allSettled(this.running)
    const timeoutMs = Math.min(this.#input.timeoutMs, CLOSE_TIMEOUT_MS)
    await this.sendOnce(CLOSE_TASK, new Uint8Array(), { timeoutMs, signal })
  }

  private async track<Value>(sending: Promise<Value>): Promise<Value> {
    this.running.add(sending)
    try {
      return await sending
    } finally {
      this.running.delete(sending)
    }
  }

  private async sendOrRepeat(task: string, plaintext: Uint8Array, options: SendOptions): Promise<Uint8Array> {
    try {
      return await this.sendOnce(task, plaintext, options)
    } catch (error) {
      const mayRepeat = options.idempotent === true && options.signal?.aborted !== true
      if (!mayRepeat || !isSageError(error, 'outcome_unknown')) throw error
      return this.sendAgain(task, plaintext, options, error)
    }
  }

  /** Whatever comes of the second, the first may have been carried out, unless the peer itself says something. */
  private async sendAgain(
    task: string,
    plaintext: Uint8Array,
    options: SendOptions,
    unknown: SageError,
  ): Promise<Uint8Array> {
    try {
      return await this.sendOnce(task, plaintext, options)
    } catch (error) {
      throw !isSageError(error) || isAuthenticated(error) || error.code === 'outcome_unknown' ? error : unknown
    }
  }

  private async settleAll(requests: readonly BatchRequest[], deadline: Deadline): Promise<readonly Settled[]> {
    const { capabilities } = this.#input
    if (!hasBatches(this.#routes.channel) || !capabilities.includes('batch'))
      return Promise.all(
        requests.map(({ task, plaintext, options }) =>
          settle(this.sendOrRepeat(task, plaintext, { ...options, ...deadline })),
        ),
      )
    const settled = await this.sendInBatches(requests, deadline)
    return Promise.all(settled.map((outcome, place) => this.repeat(requests[place]!, outcome, deadline)))
  }

  private async sendInBatches(requests: readonly BatchRequest[], deadline: Deadline): Promise<readonly Settled[]> {
    const { live, limits, seams } = this.#input
    live.begin()
    try {
      return await sendInBatches(requests, {
        limits,
        seams,
        seal: ({ task, plaintext, options }) => this.seal(task, plaintext, { ...options, ...deadline }),
        post: body => this.postBatch({ body, ...this.waiting(deadline) }),
        postAlone: request => this.post(request, deadline),
        open: (answer, request) => seams.initiatorParts.openAnswer(live, answer, request, seams),
      })
    } finally {
      live.finish()
    }
  }

  private async repeat(
    { task, plaintext, options }: BatchRequest,
    outcome: Settled,
    deadline: Deadline,
  ): Promise<Settled> {
    const isUnknown = !outcome.ok && outcome.error.code === 'outcome_unknown'
    if (!isUnknown || options?.idempotent !== true || deadline.signal?.aborted === true) return outcome
    return settle(this.sendAgain(task, plaintext, { ...options, ...deadline }, outcome.error))
  }

  private async sendOnce(
    task: string,
    plaintext: Uint8Array,
    options: SendOptions,
    post = (request: SealedRequest): Promise<Answer> => this.post(request, options),
  ): Promise<Uint8Array> {
    const { live, seams } = this.#input
    live.begin()
    try {
      const request = await this.seal(task, plaintext, options)
      return await seams.initiatorParts.openAnswer(live, await post(request), request, seams)
    } finally {
      live.finish()
    }
  }

  private async seal(
    task: string,
    plaintext: Uint8Array,
    { metadata, encoding, signal }: SendOptions,
  ): Promise<SealedRequest> {
    const { entropy } = this.#input
    if (signal?.aborted === true) throw new SageError('aborted', 'the caller gave up')
    return this.sealContent({ id: randomUuid(entropy), task, plaintext, metadata, encoding })
  }

  private async sealContent(content: Omit<RequestContent, 'maxBytes'>): Promise<SealedRequest> {
    const { live, limits, capabilities, seams } = this.#input
    if (this.remainingMs() <= 0) live.end()
    const encoding = seams.initiatorParts.requestEncoding(content.encoding, content.plaintext, capabilities)
    return sealRequest(live, { ...content, encoding, maxBytes: limits.maxMessageBytes }, seams.parts)
  }

  private waiting({ timeoutMs, signal }: Deadline): Omit<OutgoingBatch, 'body'> {
    return { timeoutMs: timeoutMs ?? this.#input.timeoutMs, signal }
  }

  /** @throws SageError `unreachable` where nothing was sent, `outcome_unknown` for everything else */
  private post({ message }: SealedRequest, deadline: Deadline): Promise<Answer> {
    const outgoing = { id: message.id, body: encodeUtf8(JSON.stringify(message)), ...this.waiting(deadline) }
    return this.deliver(channel => this.#input.seams.initiatorParts.exchange(channel, outgoing), outgoing)
  }

  /** @throws SageError as `post`; `unreachable` too where no way is up that has batches */
  private postBatch(batch: OutgoingBatch): Promise<Answer> {
    const { initiatorParts } = this.#input.seams
    return this.deliver(async channel => {
      if (!hasBatches(channel)) throw new SageError('unreachable', 'this transport has no batches; nothing was sent')
      return initiatorParts.exchangeBatch(channel, batch)
    }, batch)
  }

  private async deliver(exchange: (channel: Channel) => Promise<Answer>, deadline: Deadline): Promise<Answer> {
    try {
      return await this.#routes.over(exchange, deadline)
    } catch (cause) {
      throw isSageError(cause) && cause.code !== 'unreachable' ? unknownOutcome(cause) : cause
    }
  }

  /** Asks over one channel whether the peer is there, so that no request is lost where it is not. */
  private pingOver(channel: Channel): Promise<Uint8Array> {
    const { entropy, timeoutMs, seams } = this.#input
    const deadline = { timeoutMs: Math.min(timeoutMs, PING_TIMEOUT_MS) }
    return this.sendOnce(PING_TASK, entropy(16), deadline, ({ message }) => {
      const body = encodeUtf8(JSON.stringify(message))
      return seams.initiatorParts.exchange(channel, { id: message.id, body, ...deadline })
    })
  }

  /** Milliseconds until the peer has ended the session: too old, idle for too long, or never used. */
  private remainingMs(): number {
    const { live, limits, clock } = this.#input
    const now = clock.monotonic()
    const left = (since: number, seconds: number): number => since + seconds * 1000 - now
    return Math.min(
      left(live.createdAt, limits.maxSessionAgeSeconds),
      left(live.usedAt, limits.maxSessionIdleSeconds),
      live.unused ? left(live.createdAt, limits.provisionalSeconds) : Infinity,
    )
  }

  /** The peer ends the session at its time, and the keys of this end must not outlive it (session.erasure). */
  private endWhenOver(): void {
    const remaining = this.remainingMs()
    if (remaining <= 0) this.#input.live.end()
    else this.#watch = setTimeout(() => this.endWhenOver(), Math.ceil(remaining)).unref()
  }
}
