import { CLOSE_TASK, type Capability, type Limits } from '../../schemas/index.js'
import type { Json, JsonObject } from '../probe/bytes/json.js'
import type { Entropy } from '../probe/entropy.js'
import { openRequest, type OpenedRequest } from '../probe/handshake/request.js'
import { createResolver } from '../probe/identity/resolver.js'
import { parseSessionMessage } from '../probe/wire/session-message.js'
import { Unplayable, type AnswerStage, type Fault, type Stage } from './fault.js'
import { answerHandshake } from './handshake-answer.js'
import type { PlayedIdentity } from './identity.js'
import { claimOf, NotTaken } from './intake.js'
import { Observation } from './observation.js'
import { PlayedSession, type PlayedRequest } from './played-session.js'
import { jsonReply, noReply, type Reply } from './reply.js'
import {
  answerPayload,
  answerStream,
  asksForGzip,
  compress,
  draftAnswer,
  draftChunks,
  sealAnswer,
  type PlayedTask,
} from './request-answer.js'
import { readContent, type Content } from './request-content.js'
import { Turns } from './turns.js'

/** How a responder is to be, with a fault or without. */
export interface Setting {
  readonly identity: PlayedIdentity
  readonly stranger: PlayedIdentity
  readonly limits: Limits
  /** Beside `ws`, in the order of the alphabet. */
  readonly capabilities: readonly Capability[]
  /** Has it a card? */
  readonly card: boolean
  readonly entropy: Entropy
  readonly now: () => bigint
  /**
   * Milliseconds that a connection may be silent after the fault: whoever ignores what it should need not wait for its own
   * timeout. So long a pong is waited for, too.
   */
  readonly quietMs: number
}

/** One run of an initiator against the responder. */
export interface Act extends PlayedTask {
  readonly fault?: Fault
  readonly payload: Uint8Array
  /** Requests with the payload that are awaited before the first is answered. */
  readonly together: number
}

/** An answer, and what the responder made of the message. */
export interface Handled {
  readonly reply: Reply
  readonly what: string
  readonly judged: string
  readonly opened?: PlayedRequest
}

/** What has no fault. */
export const HONEST: Fault = {}

const isHandshakeFault = ({ derivation, response, responseData, handshakeEnvelope, handshakeReply }: Fault): boolean =>
  [derivation, response, responseData, handshakeEnvelope, handshakeReply].some(step => step !== undefined)

const isAnswerFault = ({ answer, chunks, answerEnvelope, answerReply, frames }: Fault): boolean =>
  [answer, chunks, answerEnvelope, answerReply, frames].some(step => step !== undefined)

/** What is exchanged with an initiator in one run, over whatever connections: its handshakes, its sessions, its requests. */
export class Encounter {
  readonly seen = new Observation()
  /** Who the responder is in this run. */
  readonly identity: PlayedIdentity
  readonly fault: Fault
  readonly #sessions = new Map<string, PlayedSession>()
  readonly #payloads: PlayedRequest[] = []
  readonly #turns: Turns

  /**
   * @param elsewhere origin where only a redirect leads
   * @param isNewNonce is true for a DID and a nonce that no handshake had before
   */
  constructor(
    readonly setting: Setting,
    readonly act: Act,
    readonly elsewhere: string,
    readonly isNewNonce: (did: string, nonce: string) => boolean,
  ) {
    const { identity: own, stranger } = setting
    this.fault = act.fault ?? HONEST
    this.identity = this.fault.identity?.(own, { stranger }) ?? own
    if (this.identity !== own) this.seen.faultPlayed = true
    this.#turns = new Turns(act.together)
  }

  /** What a step of the fault has at hand now. */
  stage(): Stage {
    const { entropy, stranger, now } = this.setting
    return { entropy, stranger, identity: this.identity, now: now(), elsewhere: this.elsewhere }
  }

  /**
   * Answers a message.
   * @param text the bytes that `body` was read from
   * @param isFront it arrived where the initiator was sent to
   * @throws NotTaken, Refusal
   */
  async take(body: JsonObject, text: Uint8Array, isFront: boolean): Promise<Handled> {
    const { seen, act } = this
    const claim = claimOf(body)
    if (seen.faultPlayed) {
      if (claim.kind === 'handshake') seen.handshakesAfterFault += 1
      else seen.requestsAfterFault += 1
    }
    const instead = isFront ? this.fault.instead?.(claim, this.stage()) : undefined
    if (claim.kind === 'handshake') {
      if (!instead) return this.#handshake(text)
      seen.faultPlayed = true
      return { reply: instead, what: 'handshake', judged: 'not looked at' }
    }
    const { session, request, refused, isControl } = this.#open(text)
    if (isControl) return { reply: noReply, what: 'control', judged: 'opened', opened: request }
    if (refused) return this.#refuse(session, request, refused)
    if (!instead || request.message.task_id !== act.task) return this.#request(session, request)
    seen.faultPlayed = true
    return { reply: instead, what: request.message.task_id, judged: 'opened, and not carried out', opened: request }
  }

  #handshake(text: Uint8Array): Handled {
    const stage = this.stage()
    const request: OpenedRequest = openRequest(text, {
      respDid: this.identity.did,
      now: stage.now,
      resolve: createResolver(),
      isNewNonce: this.isNewNonce,
    })
    this.seen.handshakes.push(request)
    if (isHandshakeFault(this.fault)) this.seen.faultPlayed = true
    const { reply, kid, seed } = answerHandshake(request, this.fault, stage)
    const { maxSessionRecords } = this.setting.limits
    this.#sessions.set(kid, new PlayedSession(kid, request.ctx, request.initDid, seed, BigInt(maxSessionRecords)))
    return { reply, what: 'handshake', judged: 'accepted' }
  }

  #open(text: Uint8Array): Content & { session: PlayedSession } {
    const message = parseSessionMessage(text)
    if (this.seen.requests.some(({ message: before }) => before.payload === message.payload)) this.seen.repeats += 1
    const session = this.#sessions.get(message.kid)
    if (!session || session.ended) throw new NotTaken('session_unknown', 'session.unknown')
    const content = readContent(session.open(message), this.setting)
    this.seen.requests.push(content.request)
    return { session, ...content }
  }

  #refuse(session: PlayedSession, request: PlayedRequest, { error, rule }: NonNullable<Content['refused']>): Handled {
    this.seen.refusals.push(rule)
    const draft = draftAnswer(request, session, this.act, 0, this.setting.entropy)
    const reply = jsonReply(200, sealAnswer({ ...draft, success: false, error, plaintext: new Uint8Array(0) }))
    return { reply, what: request.message.task_id, judged: `opened, and refused: ${rule}`, opened: request }
  }

  /** The responses to the messages of a batch, with the fault of the run in them. */
  respond(honest: readonly Json[]): readonly Json[] {
    const { fault, seen } = this
    seen.batches += 1
    if (!fault.responses) return honest
    try {
      const responses = fault.responses(honest)
      seen.faultPlayed = true
      return responses
    } catch (cause) {
      if (!(cause instanceof Unplayable)) throw cause
      seen.unplayable = cause.message
      return honest
    }
  }

  async #request(session: PlayedSession, request: PlayedRequest): Promise<Handled> {
    const { act } = this
    const what = request.message.task_id
    if (what === CLOSE_TASK) session.ended = true
    if (what !== act.task) {
      const reply = jsonReply(200, sealAnswer(draftAnswer(request, session, act, 0, this.setting.entropy)))
      return { reply, what, judged: 'opened and answered', opened: request }
    }
    const index = this.#payloads.push(request) - 1
    const reply = await this.#turns.take(index, () => this.#payload(session, request, index))
    return { reply, what, judged: 'opened and answered', opened: request }
  }

  #payload(session: PlayedSession, request: PlayedRequest, index: number): Reply {
    const { act, seen, fault } = this
    const { entropy } = this.setting
    const { stream } = request.message
    const draft = draftAnswer(request, session, act, index, entropy)
    const honest = this.setting.capabilities.includes('gzip') && asksForGzip(request) ? compress(draft) : draft
    const answer = (how: Fault): Reply =>
      stream
        ? answerStream(draftChunks(request, session, act, stream.id, entropy), how, stage)
        : answerPayload(honest, how, stage)
    const answerTo = (other: PlayedRequest) =>
      sealAnswer(draftAnswer(other, session, act, this.#payloads.indexOf(other), entropy))
    const stage: AnswerStage = { ...this.stage(), session, request, index, requests: this.#payloads, answerTo }
    try {
      const reply = answer(fault)
      if (isAnswerFault(fault)) seen.faultPlayed = true
      return reply
    } catch (cause) {
      if (!(cause instanceof Unplayable)) throw cause
      seen.unplayable = cause.message
      return answer(HONEST)
    }
  }
}
