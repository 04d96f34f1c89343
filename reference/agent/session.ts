import {
  CLOSE_TASK,
  Metadata,
  PING_TASK,
  type Limits,
  type Metadata as MetadataEntries,
  type SessionMessage,
} from '../../schemas/index.js'
import { encodeBase64 } from '../bytes/base64.js'
import { isSageError, SageError } from '../bytes/sage-error.js'
import { schemaParser } from '../bytes/schema.js'
import { isTask } from '../bytes/token.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { equal } from '../crypto/equal.js'
import type { HttpAnswer, HttpClient } from '../http/http-client.js'
import { honestParts as parts } from '../parts.js'
import { MIN_RECORD_LENGTH, receiveRecord } from '../session/record.js'
import { randomUuid, type Clock, type Entropy } from './clock.js'
import { readAnswer } from './initiate.js'
import type { LiveSession } from './live-session.js'
import { TaskFailure } from './tasks.js'

/** Whom a session is with, and what that rests on (identity.url-only-visible). */
export interface SessionPeer {
  readonly did: string
  /** `expected-did`: the caller named this DID. `url`: the caller named a URL only, and whoever answers there is the peer. */
  readonly authenticatedBy: 'expected-did' | 'url'
}

/** How one request is sent. */
export interface SendOptions {
  /** Up to 32 names and printable values. */
  readonly metadata?: MetadataEntries
  readonly signal?: AbortSignal
  /** Milliseconds; those of `connect` by default. */
  readonly timeoutMs?: number
  /** The task may be carried out twice: a request whose outcome is unknown is sent once more, in a record of its own. */
  readonly idempotent?: boolean
}

/** What a session is made of. */
export interface SessionInput {
  readonly live: LiveSession
  readonly peer: SessionPeer
  readonly limits: Limits
  readonly client: HttpClient
  /** Path to POST messages to. */
  readonly path: string
  readonly clock: Clock
  readonly entropy: Entropy
  readonly timeoutMs: number
}

/** A request whose record is sealed. */
interface SealedRequest {
  readonly message: SessionMessage
  readonly record: Uint8Array
}

/** Milliseconds that a peer has to hear of the end. */
const CLOSE_TIMEOUT_MS = 5_000

const parseMetadata = schemaParser(Metadata, 'set of metadata')

const unknownOutcome = (cause: unknown): SageError =>
  new SageError('outcome_unknown', 'no authenticated answer came: the request may have been carried out', { cause })

/**
 * A session with a responder. Each is an object of its own, so that no responder can touch what another is doing
 * (handshake.sessions-by-peer).
 */
export class Session implements AsyncDisposable {
  readonly peer: SessionPeer
  private readonly running = new Set<Promise<unknown>>()
  private closing: Promise<void> | undefined

  constructor(private readonly input: SessionInput) {
    this.peer = input.peer
  }

  /**
   * Sends a request, and gives the plaintext of its answer.
   * @throws SageError with the code of an authenticated error (`cause` is a TaskFailure with the plaintext of
   * `application_failed`). Before anything is sent: `session_closed`, `configuration`, `aborted`, and
   * `payload_too_large` over the peer's `maxMessageBytes`. After that, `outcome_unknown` for everything else: a plain
   * error, a lost connection, no answer in time, an answer that does not open; its `cause` says which
   */
  async send(task: string, plaintext: Uint8Array, options: SendOptions = {}): Promise<Uint8Array> {
    if (this.closing !== undefined) throw new SageError('session_closed', 'the session is closed')
    return this.track(this.sendOrRepeat(task, plaintext, options))
  }

  /** Is the peer there, and still in this session? @throws SageError as {@link send} */
  async ping(options: SendOptions = {}): Promise<void> {
    const plaintext = this.input.entropy(16)
    const answer = await this.send(PING_TASK, plaintext, { idempotent: true, ...options })
    if (!equal(answer, plaintext)) throw new SageError('peer_rejected', 'the answer to a ping is not what was sent')
  }

  /** Lets what runs come to its end, tells the peer, and erases the keys. Does not reject: the session ends in any case. */
  close(): Promise<void> {
    this.closing ??= this.end()
    return this.closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  private async end(): Promise<void> {
    const { live, client, timeoutMs } = this.input
    await Promise.allSettled(this.running)
    try {
      await this.sendOnce(CLOSE_TASK, new Uint8Array(), { timeoutMs: Math.min(timeoutMs, CLOSE_TIMEOUT_MS) })
    } catch {
      // Whether the peer heard it or will let the session expire: nothing more is said in it.
    }
    live.end()
    await client.close()
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
      return this.sendOnce(task, plaintext, options)
    }
  }

  private async sendOnce(task: string, plaintext: Uint8Array, options: SendOptions): Promise<Uint8Array> {
    if (options.signal?.aborted === true) throw new SageError('aborted', 'the caller gave up')
    const request = this.seal(task, plaintext, options.metadata)
    let answer: HttpAnswer
    try {
      answer = await this.input.client.request({
        method: 'POST',
        path: this.input.path,
        body: encodeUtf8(JSON.stringify(request.message)),
        maxBytes: this.input.limits.maxMessageBytes,
        timeoutMs: options.timeoutMs ?? this.input.timeoutMs,
        signal: options.signal,
      })
    } catch (cause) {
      throw isSageError(cause) ? unknownOutcome(cause) : cause
    }
    return this.open(answer, request)
  }

  /** @throws SageError `session_closed`, `configuration`, `payload_too_large` */
  private seal(task: string, plaintext: Uint8Array, metadata: MetadataEntries | undefined): SealedRequest {
    const { live, entropy, limits } = this.input
    this.endIfOver()
    const envelope = {
      id: randomUuid(entropy),
      context_id: live.contextId,
      task_id: checkTask(task),
      did: live.initDid,
      kid: live.kid,
      ...(metadata && { metadata: checkMetadata(metadata) }),
    }
    const frame = JSON.stringify({ ...envelope, payload: '' }).length
    if (frame + 4 * Math.ceil((plaintext.length + MIN_RECORD_LENGTH) / 3) > limits.maxMessageBytes)
      throw new SageError('payload_too_large', 'the message would be larger than the peer accepts; it was not sent')
    const record = live.seal(plaintext, parts.requestAad(envelope, parts))
    return { message: { ...envelope, payload: encodeBase64(record) }, record }
  }

  /** The peer ends the session at these times, and this end must not outlive it (session.erasure). */
  private endIfOver(): void {
    const { live, limits, clock } = this.input
    const now = clock.monotonic()
    const isOver =
      now - live.createdAt >= limits.maxSessionAgeSeconds * 1000 ||
      now - live.usedAt >= limits.maxSessionIdleSeconds * 1000
    if (isOver) live.end()
  }

  /** @throws SageError the code of an authenticated error, or `outcome_unknown` (message.response-honoured) */
  private open(answer: HttpAnswer, request: SealedRequest): Uint8Array {
    const { live } = this.input
    let opened: { readonly error?: SageError; readonly plaintext: Uint8Array }
    try {
      opened = this.openResponse(answer, request)
      live.touch()
    } catch (cause) {
      throw isSageError(cause) ? unknownOutcome(cause) : cause
    }
    if (opened.error !== undefined) throw opened.error
    return opened.plaintext
  }

  private openResponse(
    answer: HttpAnswer,
    { message, record }: SealedRequest,
  ): { readonly error?: SageError; readonly plaintext: Uint8Array } {
    const { live } = this.input
    const received = readAnswer(answer)
    if (received.kind === 'plain') throw new SageError(received.response.error, 'a plain error')
    if (answer.status !== 200 || received.kind !== 'session') throw dishonoured()
    const { data: _data, ...envelope } = received.response
    const isExpected =
      envelope.message_id === message.id &&
      envelope.task_id === message.task_id &&
      envelope.kid === message.kid &&
      envelope.encoding === undefined &&
      envelope.stream === undefined
    if (!isExpected) throw dishonoured()
    const callerAad = parts.responseAad(envelope, parts.requestHash(record, parts), parts)
    const { window, openKey: key } = live
    const { plaintext } = receiveRecord({ window, key, callerAad, record: received.record }, parts)
    if (envelope.success) return { plaintext }
    const cause = new TaskFailure(plaintext)
    return {
      plaintext,
      error: new SageError(envelope.error, 'the peer answered with an authenticated error', { cause }),
    }
  }
}

const dishonoured = (): SageError => new SageError('peer_rejected', 'the answer is not one to this request')

const checkTask = (task: string): string => {
  if (!isTask(task)) throw new SageError('configuration', 'not the name of a task')
  return task
}

const checkMetadata = (metadata: MetadataEntries): MetadataEntries => {
  try {
    return parseMetadata(metadata)
  } catch (cause) {
    throw new SageError('configuration', 'metadata are up to 32 names with printable values', { cause })
  }
}
