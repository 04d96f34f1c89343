import { encodeHex } from '../bytes/hex.js'
import type { Entropy } from '../entropy.js'
import type { Resolve } from '../identity/resolver.js'
import type { Exchanged, WireRequest } from '../net/exchange.js'
import { requestAad } from '../wire/aad.js'
import { encodeBody } from '../wire/body.js'
import { describeAnswer, readHandshakeAnswer, readSessionAnswer, type Answer } from './answer.js'
import { draftHandshake, sentBy, type HandshakeDraft, type WireObject } from './handshake-draft.js'
import type { ProbeSession, SessionDraft } from './session-draft.js'
import { messagesUrl, type Identity, type Target } from './target.js'
import {
  recordExchange,
  recordPlaintext,
  type AnswerKeeper,
  type Happened,
  type TranscriptEntry,
} from './transcript.js'

/** Sends one request to the host of `url` and says what came of it: the network, or a recording of it. Never throws. */
export type Exchange = (request: WireRequest, url: URL) => Promise<Exchanged>

/** What a conversation is held with. */
export interface Surroundings {
  readonly target: Target
  readonly identity: Identity
  readonly entropy: Entropy
  /** The target's time as the probe estimates it, in nanoseconds from the Unix epoch. */
  readonly now: () => bigint
  readonly resolve: Resolve
  readonly exchange: Exchange
  readonly keeper: AnswerKeeper
}

/**
 * A conversation of one initiator with the target, written down as it happens. It sends whatever it is given, and says
 * what an honest initiator makes of the answer.
 */
export class Conversation {
  /** What the exchanges that follow are for; goes into the transcript. */
  step = 'session'

  constructor(
    readonly around: Surroundings,
    readonly transcript: TranscriptEntry[] = [],
  ) {}

  /** An honest handshake, every value fresh. */
  draftHandshake(): HandshakeDraft {
    const { target, identity, entropy, now } = this.around
    return draftHandshake(target, identity, entropy, now())
  }

  /** The POST of a message, honestly framed. */
  post(envelope: WireObject): WireRequest {
    const url = messagesUrl(this.around.target)
    const body = encodeBody(envelope)
    const headers = [
      ['Host', url.host],
      ['User-Agent', 'sage-conformance'],
      ['Accept', 'application/json'],
      ['Content-Type', 'application/json'],
      ['Content-Length', String(body.length)],
    ] as const
    return { method: 'POST', path: url.pathname, headers, body }
  }

  /** Sends a handshake message as `request` says; what `draft` holds is what the answer is judged by. */
  async shakeHands(draft: HandshakeDraft, request: WireRequest): Promise<Answer> {
    const { target, identity, now, resolve, exchange } = this.around
    const url = messagesUrl(target)
    const at = now()
    const exchanged = await exchange(request, url)
    const answer = readHandshakeAnswer(exchanged, {
      sent: sentBy(draft),
      identity,
      now: now(),
      resolve,
      maxSessionRecords: BigInt(target.limits.maxSessionRecords),
    })
    this.#note('handshake', { at, request, url, exchanged }, answer)
    return answer
  }

  /**
   * Sends a session message as `request` says; `draft` and `record` are what the answer is judged by. `mistake` is what the
   * record was sealed with, if not as the draft says.
   */
  async send(
    session: ProbeSession,
    draft: SessionDraft,
    record: Uint8Array,
    request: WireRequest,
    mistake?: string,
  ): Promise<Answer> {
    const url = messagesUrl(this.around.target)
    const at = this.around.now()
    const exchanged = await this.around.exchange(request, url)
    const answer = readSessionAnswer(exchanged, { session, draft, record })
    const sealed = {
      seq: String(draft.seq),
      ...(mistake === undefined ? { aad: encodeHex(requestAad(draft)) } : {}),
      plaintext: recordPlaintext(draft.plaintext),
    }
    const what = mistake === undefined ? draft.task_id : `${draft.task_id} with ${mistake}`
    this.#note(what, { at, request, url, exchanged }, answer, { sealed, ...this.#opened(answer) })
    return answer
  }

  /** Any other exchange with the host of `url`. */
  async fetch(what: string, request: WireRequest, url: URL): Promise<Exchanged> {
    const at = this.around.now()
    const exchanged = await this.around.exchange(request, url)
    this.#note(what, { at, request, url, exchanged })
    return exchanged
  }

  #opened(answer: Answer): Pick<TranscriptEntry, 'opened'> {
    if (answer.kind !== 'success' && answer.kind !== 'authenticated') return {}
    return { opened: { seq: String(answer.seq), plaintext: recordPlaintext(answer.plaintext) } }
  }

  #note(
    what: string,
    happened: Happened,
    answer?: Answer,
    more: Pick<TranscriptEntry, 'sealed' | 'opened'> = {},
  ): void {
    this.transcript.push({
      step: this.step,
      what,
      ...recordExchange(happened, this.around.keeper),
      ...more,
      ...(answer ? { judged: describeAnswer(answer) } : {}),
    })
  }
}
