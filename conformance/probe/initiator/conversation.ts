import type { Transport } from '../../../schemas/index.js'
import { encodeHex } from '../bytes/hex.js'
import type { Resolve } from '../identity/resolver.js'
import { isFrames, type Outgoing } from '../net/alter.js'
import type { Exchanged, WireRequest } from '../net/exchange.js'
import type { Frame } from '../net/frames.js'
import type { Arrived, Until } from '../net/inbox.js'
import { requestAad } from '../wire/aad.js'
import { dueClose } from '../wire/due-close.js'
import { describeAnswer, readHandshakeAnswer, readSessionAnswer, type Answer, type Outcome } from './answer.js'
import { readBatchAnswer, type BatchElement } from './batch.js'
import { draftHandshake, sentBy, type HandshakeDraft, type WireObject } from './handshake-draft.js'
import type { ProbeSession, SessionDraft } from './session-draft.js'
import type { Identity } from './target.js'
import type { StreamReader } from './stream-reader.js'
import { recordExchange, recordPlaintext, type OpenedPart, type TranscriptEntry } from './transcript.js'
import { createHttpWay, SocketWay, type Terrain, type Way, type Written } from './way.js'

/** What a conversation is held with. */
export interface Surroundings extends Terrain {
  readonly identity: Identity
  readonly resolve: Resolve
  readonly transport: Transport
  /** Whether the network has a token for the metrics, by the name of METRICS_TOKEN. */
  readonly hasMetricsToken?: boolean | undefined
  /** Milliseconds for which an answer is waited for: nobody may be asked for one that comes later. */
  readonly timeoutMs: number
}

/**
 * A conversation of one initiator with the target, written down as it happens. It sends whatever it is given, and says
 * what an honest initiator makes of the answer.
 */
export class Conversation {
  /** What the exchanges that follow are for; goes into the transcript. */
  step = 'session'
  readonly #way: Way
  /** The WebSocket connection, where that is the transport. */
  readonly socket: SocketWay | undefined

  constructor(
    readonly around: Surroundings,
    readonly transcript: TranscriptEntry[] = [],
  ) {
    if (around.transport === 'ws') this.socket = new SocketWay(around, (what, written) => this.#note(what, written))
    this.#way = this.socket ?? createHttpWay(around)
  }

  /** An honest handshake, every value fresh. */
  draftHandshake(): HandshakeDraft {
    const { target, identity, entropy, now } = this.around
    return draftHandshake(target, identity, entropy, now())
  }

  /** A message, honestly framed. */
  post(envelope: WireObject): Outgoing {
    return this.#way.post(envelope)
  }

  /** Sends a handshake message as `outgoing` says; what `draft` holds is what the answer is judged by. */
  async shakeHands(draft: HandshakeDraft, outgoing: Outgoing): Promise<Answer> {
    const { target, identity, now, resolve } = this.around
    const { outcome, written } = await this.#way.deliver(outgoing)
    const answer = readHandshakeAnswer(outcome, {
      sent: sentBy(draft),
      identity,
      now: now(),
      resolve,
      maxSessionRecords: BigInt(target.limits.maxSessionRecords),
    })
    this.#note('handshake', written, answer)
    return this.#withDue(answer, outgoing)
  }

  /**
   * Sends a session message as `outgoing` says; `draft` and `record` are what the answer is judged by. `mistake` is what the
   * record was sealed with, if not as the draft says.
   */
  async send(
    session: ProbeSession,
    draft: SessionDraft,
    record: Uint8Array,
    outgoing: Outgoing,
    mistake?: string,
  ): Promise<Answer> {
    const { outcome, written } = await this.#way.deliver(outgoing)
    const { maxMessageBytes } = this.around.target.limits
    const answer = readSessionAnswer(outcome, { session, draft, record, maxMessageBytes })
    const sealed = mistake === undefined ? sealedWithAad(draft) : sealedIn(draft)
    const what = mistake === undefined ? draft.task_id : `${draft.task_id} with ${mistake}`
    this.#note(what, written, answer, { sealed, ...openedIn(answer) })
    return this.#withDue(answer, outgoing)
  }

  /** Sends a batch as `request` says; `elements` are what the answer is judged by. */
  async sendBatch(elements: readonly BatchElement[], request: WireRequest): Promise<Answer> {
    const { outcome, written } = await this.#way.deliver(request)
    const answer = readBatchAnswer(outcome, elements, this.around.target.limits.maxMessageBytes)
    const answers = answer.kind === 'batch' ? answer.answers : []
    const places = elements.map(({ what, asked }, at) => {
      const each = answers[at]
      return {
        what,
        ...(asked && { sealed: sealedIn(asked.draft) }),
        ...(each && { ...openedIn(each), judged: describeAnswer(each) }),
      }
    })
    this.#note('batch', written, answer, { places })
    return answer
  }

  /** Sends the message that opens a stream over HTTP, and reads the whole answer, part by part. */
  async sendStream(draft: SessionDraft, outgoing: Outgoing, reader: StreamReader): Promise<Answer[]> {
    const { outcome, written } = await this.#way.deliver(outgoing)
    const parts = reader.readAll(outcome)
    const lines = parts.map(part => ({ ...openedIn(part), judged: describeAnswer(part) }))
    this.#note(draft.task_id, written, parts.at(-1), { sealed: sealedWithAad(draft), lines })
    return parts
  }

  /**
   * Sends a message of a stream, or nothing, over the connection of the stream, and waits for something of it. The first
   * message of a stream goes over whatever connection there is.
   */
  async converseInStream(
    connection: number | undefined,
    reader: StreamReader,
    until: Until,
    sent?: { readonly draft: SessionDraft; readonly frames: readonly Frame[] },
  ): Promise<{ readonly answer: Answer; readonly connection?: number }> {
    if (!this.socket) throw new Error('only over WebSocket a stream goes on')
    const { arrived, written, busy, ...over } = await this.socket.converse(sent?.frames ?? [], until, connection)
    const answer = reader.read(busy ?? arrived)
    const what = sent?.draft.task_id ?? 'stream'
    const sealed = sent && { sealed: sealedWithAad(sent.draft) }
    this.#note(what, written, answer.kind === 'nothing' ? undefined : answer, { ...sealed, ...openedIn(answer) })
    return { answer, ...over }
  }

  /** Any message, and what came of it as it came. */
  async deliver(what: string, outgoing: Outgoing): Promise<Outcome> {
    const { outcome, written } = await this.#way.deliver(outgoing)
    this.#note(what, written)
    return outcome
  }

  /** Frames over the WebSocket connection, and what came that was waited for. */
  async converse(what: string, frames: readonly Frame[], until: Until): Promise<Arrived> {
    if (!this.socket) throw new Error('frames go over WebSocket')
    const { arrived, written } = await this.socket.converse(frames, until)
    this.#note(what, written)
    return arrived
  }

  /** Any other exchange with the host of `url`. */
  async fetch(what: string, request: WireRequest, url: URL): Promise<Exchanged> {
    const at = this.around.now()
    const exchanged = await this.around.exchange(request, url)
    this.#note(what, recordExchange({ at, request, url, exchanged }, this.around.keeper))
    return exchanged
  }

  #withDue(answer: Answer, outgoing: Outgoing): Answer {
    if (!isFrames(outgoing)) return answer
    return { ...answer, due: dueClose(outgoing.text, this.around.target.limits.maxMessageBytes) }
  }

  #note(what: string, written: Written, answer?: Answer, more: Partial<TranscriptEntry> = {}): void {
    const judged = answer ? { judged: describeAnswer(answer) } : {}
    this.transcript.push({ step: this.step, what, ...written, ...more, ...judged })
  }
}

const sealedIn = ({ seq, plaintext }: SessionDraft): OpenedPart => ({
  seq: String(seq),
  plaintext: recordPlaintext(plaintext),
})

const sealedWithAad = (draft: SessionDraft): OpenedPart => ({
  ...sealedIn(draft),
  aad: encodeHex(requestAad(draft)),
})

const openedIn = (answer: Answer): Pick<TranscriptEntry, 'opened'> => {
  if (!('plaintext' in answer)) return {}
  return { opened: { seq: String(answer.seq), plaintext: recordPlaintext(answer.member ?? answer.plaintext) } }
}
