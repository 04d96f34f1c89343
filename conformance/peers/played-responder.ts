import { CLOSE_TASK, type Limits } from '../../schemas/index.js'
import type { JsonObject } from '../probe/bytes/json.js'
import type { Entropy } from '../probe/entropy.js'
import { openRequest, type OpenedRequest } from '../probe/handshake/request.js'
import { createResolver } from '../probe/identity/resolver.js'
import { Refusal } from '../probe/refusal.js'
import { parseSessionMessage } from '../probe/wire/session-message.js'
import { draftCard, signPlayedCard } from './card.js'
import { Unplayable, type AnswerStage, type Fault, type Stage } from './fault.js'
import { answerHandshake } from './handshake-answer.js'
import type { PlayedIdentity } from './identity.js'
import { claimOf, idOf, NotTaken, takeBody } from './intake.js'
import type { Arrival } from './listener.js'
import { Observation } from './observation.js'
import { PlayedSession, type PlayedRequest } from './played-session.js'
import { jsonReply, plainReply, type Reply } from './reply.js'
import { answerPayload, draftAnswer, sealAnswer, type PlayedTask } from './request-answer.js'
import { Turns } from './turns.js'

/** How a responder is to be, with a fault or without. */
export interface Setting {
  readonly identity: PlayedIdentity
  readonly stranger: PlayedIdentity
  readonly limits: Limits
  /** Has it a card? */
  readonly card: boolean
  readonly entropy: Entropy
  readonly now: () => bigint
}

/** One run of an initiator against the responder. */
export interface Act extends PlayedTask {
  readonly fault?: Fault
  readonly payload: Uint8Array
  /** Requests with the payload that are awaited before the first is answered. */
  readonly together: number
}

/** Where it listens. */
export interface Addresses {
  readonly origin: string
  /** Where only a redirect leads. */
  readonly elsewhere: string
}

interface Running {
  readonly act: Act
  readonly seen: Observation
  readonly identity: PlayedIdentity
  readonly sessions: Map<string, PlayedSession>
  readonly payloads: PlayedRequest[]
  readonly turns: Turns
}

interface Handled {
  readonly reply: Reply
  readonly what: string
  readonly judged: string
  readonly opened?: PlayedRequest
}

const HONEST: Fault = {}
const CARD_PATH = '/.well-known/sage.json'

/**
 * A responder of the suite: reads strictly what an initiator sends, writes it down, and answers as the specification says
 * save for the fault that the run is about. One run at a time.
 */
export class PlayedResponder {
  #running: Running | undefined
  readonly #nonces = new Set<string>()

  constructor(
    readonly setting: Setting,
    readonly addresses: Addresses,
  ) {}

  /** A run begins; what still comes of an earlier one is dropped. */
  begin(act: Act): Observation {
    const seen = new Observation()
    const { identity: own, stranger } = this.setting
    const identity = act.fault?.identity?.(own, { stranger }) ?? own
    if (identity !== own) seen.faultPlayed = true
    const turns = new Turns(act.together)
    this.#running = { act, seen, identity, sessions: new Map(), payloads: [], turns }
    return seen
  }

  /** The run is over. */
  end(): void {
    this.#running = undefined
  }

  /** So many bytes of an endless body were taken. */
  noteFlood(bytes: number): void {
    if (this.#running) this.#running.seen.flooded = Math.max(this.#running.seen.flooded, bytes)
  }

  /** Answers a request that arrived at one of the addresses. */
  async handle(arrival: Arrival, origin: string): Promise<Reply> {
    const running = this.#running
    if (!running) return { ...plainReply('unavailable'), ending: 'closed' }
    const at = this.setting.now()
    const { seen, act } = running
    seen.lookForPayload(arrival, act.payload)
    if (origin === this.addresses.elsewhere) seen.elsewhere += 1
    try {
      const { reply, ...said } = await this.#handled(arrival, running, origin)
      seen.exchanges.push({ at, origin, arrival, reply, ...said })
      return reply
    } catch (cause) {
      // Whoever is judged must not be taken to have refused what was never played.
      seen.ownFault ??= cause
      throw cause
    }
  }

  async #handled(arrival: Arrival, running: Running, origin: string): Promise<Handled> {
    const path = arrival.path.replace(/[?#].*$/s, '')
    if (path === CARD_PATH && arrival.method === 'GET') return this.#card(running, origin)
    if (path !== '/messages')
      return { reply: jsonReply(404, {}), what: 'unknown path', judged: 'nothing is served there' }
    let body: JsonObject | undefined
    try {
      body = takeBody(arrival)
      return await this.#message(body, arrival, running, origin)
    } catch (cause) {
      const refused = notTaken(cause)
      running.seen.refusals.push(refused.rule)
      return { reply: plainReply(refused.code, idOf(body)), what: 'message', judged: `refused: ${refused.message}` }
    }
  }

  #stage({ identity }: Running): Stage {
    const { entropy, stranger, now } = this.setting
    return { entropy, stranger, identity, now: now(), elsewhere: this.addresses.elsewhere }
  }

  #card(running: Running, origin: string): Handled {
    const { seen, act } = running
    if (!this.setting.card) return { reply: jsonReply(404, {}), what: 'agent card', judged: 'there is none' }
    const stage = this.#stage(running)
    const fault = origin === this.addresses.origin ? (act.fault ?? HONEST) : HONEST
    if (fault.card || fault.signedCard || fault.cardReply) seen.faultPlayed = true
    const draft = draftCard(stage.identity, origin, this.setting.limits, stage.now)
    const card = signPlayedCard(fault.card?.(draft, stage) ?? draft, stage.identity)
    const reply = jsonReply(200, fault.signedCard?.(card, stage) ?? card)
    return { reply: fault.cardReply?.(reply, stage) ?? reply, what: 'agent card', judged: 'sent' }
  }

  async #message(body: JsonObject, arrival: Arrival, running: Running, origin: string): Promise<Handled> {
    const { seen, act } = running
    const claim = claimOf(body)
    if (seen.faultPlayed) {
      if (claim.kind === 'handshake') seen.handshakesAfterFault += 1
      else seen.requestsAfterFault += 1
    }
    const instead = origin === this.addresses.origin ? act.fault?.instead?.(claim, this.#stage(running)) : undefined
    if (claim.kind === 'handshake') {
      if (!instead) return this.#handshake(arrival, running)
      seen.faultPlayed = true
      return { reply: instead, what: 'handshake', judged: 'not looked at' }
    }
    const { session, request } = this.#open(arrival, running)
    if (!instead || request.message.task_id !== act.task) return this.#request(session, request, running)
    seen.faultPlayed = true
    return { reply: instead, what: request.message.task_id, judged: 'opened, and not carried out', opened: request }
  }

  #handshake(arrival: Arrival, running: Running): Handled {
    const { seen, act, identity, sessions } = running
    const stage = this.#stage(running)
    const request: OpenedRequest = openRequest(arrival.body, {
      respDid: identity.did,
      now: stage.now,
      resolve: createResolver(),
      isNewNonce: (did, nonce) => this.#isNew(`${did}|${nonce}`),
    })
    seen.handshakes.push(request)
    const fault = act.fault ?? HONEST
    if (isHandshakeFault(fault)) seen.faultPlayed = true
    const { reply, kid, seed } = answerHandshake(request, fault, stage)
    const { maxSessionRecords } = this.setting.limits
    sessions.set(kid, new PlayedSession(kid, request.ctx, request.initDid, seed, BigInt(maxSessionRecords)))
    return { reply, what: 'handshake', judged: 'accepted' }
  }

  #isNew(key: string): boolean {
    if (this.#nonces.has(key)) return false
    this.#nonces.add(key)
    return true
  }

  #open(arrival: Arrival, { seen, sessions }: Running): { session: PlayedSession; request: PlayedRequest } {
    const message = parseSessionMessage(arrival.body)
    const session = sessions.get(message.kid)
    if (!session || session.ended) throw new NotTaken('session_unknown', 'session.unknown')
    const request = session.open(message)
    seen.requests.push(request)
    return { session, request }
  }

  async #request(session: PlayedSession, request: PlayedRequest, running: Running): Promise<Handled> {
    const { act, payloads } = running
    const { entropy } = this.setting
    const what = request.message.task_id
    if (what === CLOSE_TASK) session.ended = true
    if (what !== act.task) {
      const reply = jsonReply(200, sealAnswer(draftAnswer(request, session, act, 0, entropy)))
      return { reply, what, judged: 'opened and answered', opened: request }
    }
    const index = payloads.push(request) - 1
    const reply = await running.turns.take(index, () => this.#payload(session, request, index, running))
    return { reply, what, judged: 'opened and answered', opened: request }
  }

  #payload(session: PlayedSession, request: PlayedRequest, index: number, running: Running): Reply {
    const { act, payloads, seen } = running
    const { entropy } = this.setting
    const honest = draftAnswer(request, session, act, index, entropy)
    const fault = act.fault ?? HONEST
    const answerTo = (other: PlayedRequest) => {
      const its = payloads.indexOf(other)
      return sealAnswer(draftAnswer(other, session, act, its, entropy))
    }
    const stage: AnswerStage = { ...this.#stage(running), session, request, index, requests: payloads, answerTo }
    try {
      const reply = answerPayload(honest, fault, stage)
      if (isAnswerFault(fault)) seen.faultPlayed = true
      return reply
    } catch (cause) {
      if (!(cause instanceof Unplayable)) throw cause
      seen.unplayable = cause.message
      return answerPayload(honest, HONEST, stage)
    }
  }
}

const isHandshakeFault = ({ derivation, response, responseData, handshakeEnvelope, handshakeReply }: Fault): boolean =>
  [derivation, response, responseData, handshakeEnvelope, handshakeReply].some(step => step !== undefined)

const isAnswerFault = ({ answer, answerEnvelope, answerReply }: Fault): boolean =>
  [answer, answerEnvelope, answerReply].some(step => step !== undefined)

/** A refusal as the plain error that it is on the wire. */
const notTaken = (cause: unknown): NotTaken => {
  if (cause instanceof NotTaken) return cause
  if (!(cause instanceof Refusal)) throw cause
  const { layer, rule, message } = cause
  if (rule === 'handshake.task') return new NotTaken('task_unsupported', rule)
  return new NotTaken(layer === 'encoding' || layer === 'schema' ? 'malformed' : 'authentication_failed', message)
}
