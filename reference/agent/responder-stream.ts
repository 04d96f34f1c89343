import {
  ECHO_TASK,
  type AuthenticatedErrorCode,
  type Metadata,
  type PlainError,
  type SessionMessage,
  type SessionResponse,
} from '../../schemas/index.js'
import type { Later } from '../bytes/guard.js'
import { SageError } from '../bytes/sage-error.js'
import type { ReceivedSessionMessage } from '../message/envelope.js'
import { plainCodeOf, plainError } from '../transport/plain-error.js'
import { faultOf } from './agent-event.js'
import { Bell } from './bell.js'
import { ChunkQueue } from './chunk-queue.js'
import { compressAnswer, type Content } from './compress-answer.js'
import type { LiveSession } from './live-session.js'
import { MarkedChunks } from './marked-chunks.js'
import type { ResponderState } from './responder-state.js'
import { responseSize, sealInTurn } from './seal-response.js'
import type { ServedStream } from './served-streams.js'
import type { StreamSend, StreamSubject } from './stream-parts.js'
import { isChunk, StreamState, type StreamChunk } from './stream-state.js'
import type { TabledStream } from './stream-table.js'
import { ECHO_CHUNK_SIZE, TaskFailure } from './tasks.js'

const NOTHING = new Uint8Array()

/** What a stream of a responder is made of. */
export interface ResponderStreamInput {
  readonly about: StreamSubject
  readonly session: LiveSession
  readonly task: ServedStream
  readonly state: ResponderState
  /** Raised when nobody waits for the answer any longer. */
  readonly signal: AbortSignal
}

interface Failure {
  readonly error: AuthenticatedErrorCode
  readonly plaintext: Uint8Array
}

/** A chunk of the answer, on its way to be sealed. */
interface ReadyChunk extends Content {
  readonly isLast: boolean
}

/**
 * A live stream of a responder: what its initiator sends goes to the task, and what the task gives is sent as far as the
 * credit and the transport let it. What it says is made when it is asked for, so that a connection on which nobody reads
 * holds up the task and nothing piles up: at most `streamWindow` chunks wait for the task, and one for the initiator.
 */
export class ResponderStream implements TabledStream {
  readonly kid: string
  readonly id: string
  readonly counts: StreamState
  private latest: ReceivedSessionMessage
  private readonly abort = new AbortController()
  private readonly bell = new Bell()
  private readonly arrived: ChunkQueue
  private given: MarkedChunks | undefined
  private ready: ReadyChunk | undefined
  /** Messages whose chunks are still to be echoed. */
  private readonly echoed: SessionMessage[] = []
  private isPulling = false
  private taken = 0
  private failure: Failure | undefined
  private isOver = false
  private readonly forgetSession: () => void

  constructor(private readonly input: ResponderStreamInput) {
    const { about, session, state, signal } = input
    const { message } = about.opening
    const { id = '' } = message.stream ?? {}
    this.kid = message.kid
    this.id = id
    this.latest = about.opening
    // An echo has a chunk for each chunk, be it empty.
    this.arrived = new ChunkQueue(() => this.onTaken(), message.task_id === ECHO_TASK)
    this.counts = new StreamState({ id, task: message.task_id, window: state.limits.streamWindow })
    // TCP holds an initiator back that does not read, and there is but one message of it (stream.http-no-credit).
    if (!this.isDuplex) this.counts.credit = Infinity
    session.begin()
    this.forgetSession = session.whenEnded(() => state.streamParts.sessionEnded(this))
    this.table.add(this)
    if (signal.aborted) this.settle()
    signal.addEventListener('abort', this.settle)
  }

  get bytes(): number {
    return this.arrived.bytes
  }

  /** A chunk that the guards let through, the opening one first. */
  take(chunk: StreamChunk, plaintext: Uint8Array, received: ReceivedSessionMessage): void {
    this.latest = received
    this.counts.receive(chunk)
    if (this.isEcho) this.echoed.push(received.message)
    this.arrived.push(plaintext, chunk.end || !this.isDuplex)
  }

  /** A credit that the guards let through (stream.credit-effect). */
  raise(credit: number): void {
    this.counts.raise(credit)
    this.bell.ring()
  }

  /** Ends it with an error, unless it has come to its end already (stream.error-ends). */
  fail(error: AuthenticatedErrorCode, plaintext: Uint8Array = NOTHING): void {
    if (this.isOver || this.counts.ended || this.failure !== undefined) return
    this.failure = { error, plaintext: error === 'application_failed' ? plaintext : NOTHING }
    this.table.remove(this)
    this.stopTask()
    this.bell.ring()
  }

  /** What the initiator is to be told, in its order; a plain error where nothing can be sealed any more. */
  async *responses(): AsyncGenerator<SessionResponse | PlainError> {
    const { about, state } = this.input
    try {
      for await (const send of state.streamParts.outgoing(this.sends(), about)) yield this.seal(send)
    } catch (error) {
      yield plainError(plainCodeOf(error), state.responderParts.detailOf, about.opening.message.id)
    } finally {
      this.settle()
    }
  }

  /** Does its initiator send more than its opening? */
  get isDuplex(): boolean {
    return this.input.about.transport === 'ws'
  }

  private get table() {
    return this.input.state.streams.of(this.input.about.connection)
  }

  /** Is each of its chunks the echo of one? */
  private get isEcho(): boolean {
    return this.counts.task === ECHO_TASK && this.metadata[ECHO_CHUNK_SIZE] === undefined
  }

  private get metadata(): Metadata {
    return this.input.about.opening.message.metadata ?? {}
  }

  private async *sends(): AsyncGenerator<StreamSend> {
    while (!this.isOver && !this.counts.ended) {
      const send = this.nextSend()
      if (send === undefined) await this.bell.rung()
      else yield send
    }
  }

  /** What can be said now; undefined where something has to happen first. */
  private nextSend(): StreamSend | undefined {
    const { counts } = this
    if (this.failure !== undefined) {
      const { error, plaintext } = this.failure
      return { stream: counts.send(true), plaintext, error }
    }
    const credit = this.input.state.streamParts.creditFor(this.taken, counts)
    if (this.isDuplex && !counts.peerEnded && credit > counts.given)
      return { stream: counts.give(credit), plaintext: NOTHING }
    if (this.ready === undefined) this.pull()
    else if (this.input.state.streamParts.maySend(counts)) return this.chunk(this.ready)
    return undefined
  }

  private chunk({ isLast, ...content }: ReadyChunk): StreamSend {
    this.ready = undefined
    const stream = this.counts.send(isLast)
    if (isLast) this.table.remove(this)
    return { stream, ...content }
  }

  private pull(): void {
    if (this.isPulling) return
    this.isPulling = true
    void this.pulled().then(
      ready => {
        this.isPulling = false
        if (this.fits(ready)) this.ready = ready
        else this.fail('payload_too_large')
        this.bell.ring()
      },
      (error: unknown) => this.taskFailed(error),
    )
  }

  private async pulled(): Promise<ReadyChunk> {
    const { session, task, about, state } = this.input
    const { metadata, abort } = this
    this.given ??= new MarkedChunks(task(this.arrived, { did: session.initDid, metadata, signal: abort.signal }))
    const { chunk, isLast } = await this.given.next()
    // An echo has the coding of what it echoes (gzip.echo).
    const asked = (this.isEcho ? this.echoed.shift() : undefined) ?? about.opening.message
    return { ...(await compressAnswer(asked, chunk, state)), isLast }
  }

  private taskFailed(error: unknown): void {
    // What a task throws that was stopped is its way to end.
    if (this.isOver || this.failure !== undefined) return
    if (error instanceof TaskFailure) return this.fail(error.code, error.plaintext)
    this.input.state.log(faultOf(error))
    this.fail('internal')
  }

  private onTaken(): void {
    this.taken++
    this.bell.ring()
  }

  private fits({ plaintext, encoding }: Content): boolean {
    const { opening } = this.input.about
    const stream = { id: this.id, seq: this.counts.sent, end: false }
    const names = { message_id: opening.message.id, task_id: opening.message.task_id, kid: this.kid }
    const envelope = { success: true, ...names, stream, ...(encoding && { encoding }) } as const
    return responseSize(envelope, plaintext) <= this.input.state.limits.maxMessageBytes
  }

  private seal({ stream, plaintext, encoding, error }: StreamSend): Later<SessionResponse> {
    const { about, session, state } = this.input
    const { message } = state.streamParts.namedBy(about.opening, this.latest)
    const { record } = state.streamParts.boundTo(about.opening, this.latest)
    const names = {
      message_id: message.id,
      task_id: message.task_id,
      kid: message.kid,
      stream,
      ...(encoding && { encoding }),
    }
    const envelope =
      error === undefined ? { success: true as const, ...names } : { success: false as const, ...names, error }
    if (isChunk(stream) && stream.end) this.log(error ?? 'success')
    return sealInTurn(session, envelope, plaintext, record, state.parts)
  }

  private log(outcome: AuthenticatedErrorCode | 'success'): void {
    const { session, state } = this.input
    state.log({ event: 'task', did: session.initDid, task: this.counts.task, outcome })
  }

  private stopTask(): void {
    this.abort.abort()
    this.arrived.fail(new SageError('cancelled', 'the stream has ended'))
    this.given?.stop()
  }

  /** Nobody is told anything more. The keys of its session may go. */
  private readonly settle = (): void => {
    if (this.isOver) return
    this.isOver = true
    this.table.remove(this)
    this.forgetSession()
    this.input.signal.removeEventListener('abort', this.settle)
    this.stopTask()
    this.input.session.finish()
    this.bell.ring()
  }
}
