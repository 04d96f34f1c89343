import type { Socket } from 'node:net'
import { closeCodes } from '../../schemas/index.js'
import { parseJsonObject, type Json, type JsonObject } from '../probe/bytes/json.js'
import type { ReadFrame } from '../probe/net/frames.js'
import { Refusal } from '../probe/refusal.js'
import { encodeBody } from '../probe/wire/body.js'
import { dueClose } from '../probe/wire/due-close.js'
import { draftCard, signPlayedCard } from './card.js'
import { PlayedConnection } from './connection.js'
import { Encounter, HONEST, type Act, type Handled, type Setting } from './encounter.js'
import { checkRequest, idOf, messagesOf, NotTaken, objectOf, takeBody, takeObject } from './intake.js'
import type { Arrival } from './listener.js'
import type { Observation, PeerExchange, SeenConnection } from './observation.js'
import { closeReply, jsonReply, plainReply, type Reply } from './reply.js'
import { answerUpgrade, encodeUpgradeAnswer, isSelected } from './upgrade.js'

/** Where it listens: origins, and the endpoint of WebSocket where there is one. */
export interface Addresses {
  readonly origin: string
  /** Where only a redirect leads. */
  readonly elsewhere: string
  readonly ws?: string | undefined
}

const CARD_PATH = '/.well-known/sage.json'
/** Milliseconds that the connections of a run have to end by themselves, so that the last words on them are heard. */
const LAST_WORDS = 500

/**
 * A responder of the suite: reads strictly what an initiator sends, writes it down, and answers as the specification says
 * save for the fault that the run is about. One run at a time.
 */
export class PlayedResponder {
  #running: Encounter | undefined
  #connections: PlayedConnection[] = []
  readonly #nonces = new Set<string>()

  constructor(
    readonly setting: Setting,
    readonly addresses: Addresses,
  ) {}

  /** A run begins; what still comes of an earlier one is dropped. */
  begin(act: Act): Observation {
    this.#running = new Encounter(this.setting, act, this.addresses.elsewhere, (did, nonce) =>
      this.#isNew(`${did}|${nonce}`),
    )
    return this.#running.seen
  }

  /** The run is over: connections that are still open are ended. */
  async end(): Promise<void> {
    const connections = this.#connections
    this.#connections = []
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise(resolve => (timer = setTimeout(resolve, LAST_WORDS)))
    if (connections.length > 0) await Promise.race([Promise.all(connections.map(({ ended }) => ended)), patience])
    clearTimeout(timer)
    for (const { socket } of connections) socket.destroy()
    this.#running = undefined
  }

  #isNew(key: string): boolean {
    if (this.#nonces.has(key)) return false
    this.#nonces.add(key)
    return true
  }

  /** So many bytes of an endless body were taken. */
  noteFlood(bytes: number): void {
    if (this.#running) this.#running.seen.flooded = Math.max(this.#running.seen.flooded, bytes)
  }

  /** Answers a request that arrived at one of the addresses. */
  async handle(arrival: Arrival, origin: string): Promise<Reply> {
    const running = this.#running
    if (!running) return { ...plainReply('unavailable'), ending: 'closed' }
    if (origin === this.addresses.elsewhere) running.seen.elsewhere += 1
    return this.#note(running, arrival, origin, () => this.#handled(arrival, running, origin))
  }

  async #note(
    running: Encounter,
    arrival: Arrival,
    origin: string,
    work: () => Handled | Promise<Handled>,
    over?: PeerExchange['over'],
  ): Promise<Reply> {
    const at = this.setting.now()
    const { seen, act } = running
    seen.lookForPayload(arrival, act.payload)
    try {
      const { reply, ...said } = await work()
      seen.exchanges.push({ at, origin, arrival, over, reply, ...said })
      return reply
    } catch (cause) {
      // Whoever is judged must not be taken to have refused what was never played.
      seen.ownFault ??= cause
      throw cause
    }
  }

  async #handled(arrival: Arrival, running: Encounter, origin: string): Promise<Handled> {
    const path = arrival.path.replace(/[?#].*$/s, '')
    if (path === CARD_PATH && arrival.method === 'GET') return this.#card(running, origin)
    if (path === '/batch' && this.setting.capabilities.includes('batch')) return this.#batch(arrival, running, origin)
    if (path !== '/messages')
      return { reply: jsonReply(404, {}), what: 'unknown path', judged: 'nothing is served there' }
    running.seen.posted += 1
    return this.#taken(running, origin, arrival.body, () => takeBody(arrival))
  }

  async #taken(
    running: Encounter,
    origin: string,
    text: Uint8Array,
    parse: () => JsonObject,
    check: (body: JsonObject) => void = () => undefined,
  ): Promise<Handled> {
    let body: JsonObject | undefined
    try {
      body = parse()
      check(body)
      return await running.take(body, text, origin !== this.addresses.elsewhere)
    } catch (cause) {
      const refused = notTaken(cause)
      running.seen.refusals.push(refused.rule)
      return { reply: plainReply(refused.code, idOf(body)), what: 'message', judged: `refused: ${refused.message}` }
    }
  }

  async #batch(arrival: Arrival, running: Encounter, origin: string): Promise<Handled> {
    running.seen.posted += 1
    const what = 'batch'
    try {
      const messages = messagesOf(takeObject(arrival), this.setting.limits.maxBatch)
      const answers = await Promise.all(
        messages.map(each =>
          this.#taken(running, origin, encodeBody([each]).slice(1, -1), () => objectOf(each), checkRequest),
        ),
      )
      const honest = answers.map(({ reply }) => JSON.parse(Buffer.from(reply.body).toString('utf8')) as Json)
      const judged = answers.map(answer => answer.judged).join('; ')
      return { reply: jsonReply(200, { responses: running.respond(honest) }), what, judged }
    } catch (cause) {
      const refused = notTaken(cause)
      running.seen.refusals.push(refused.rule)
      return { reply: plainReply(refused.code), what, judged: `refused: ${refused.message}` }
    }
  }

  #card(running: Encounter, origin: string): Handled {
    const { seen } = running
    if (!this.setting.card) return { reply: jsonReply(404, {}), what: 'agent card', judged: 'there is none' }
    const stage = running.stage()
    const fault = origin === this.addresses.origin ? running.fault : HONEST
    if (fault.card || fault.signedCard || fault.cardReply) seen.faultPlayed = true
    const draft = draftCard(stage.identity, origin, this.addresses.ws, this.setting, stage.now)
    const card = signPlayedCard(fault.card?.(draft, stage) ?? draft, stage.identity)
    const reply = jsonReply(200, fault.signedCard?.(card, stage) ?? card)
    return { reply: fault.cardReply?.(reply, stage) ?? reply, what: 'agent card', judged: 'sent' }
  }

  /** Takes over a connection with an upgrade that arrived where WebSocket connections are taken. */
  connect(upgrade: Arrival, origin: string, socket: Socket): void {
    const running = this.#running
    if (!running) return void socket.destroy()
    const { fault, seen, act } = running
    seen.lookForPayload(upgrade, act.payload)
    const { answer: honest, refused } = answerUpgrade(upgrade)
    if (refused !== undefined) seen.refusals.push(refused)
    const answer = refused === undefined ? (fault.upgrade?.(honest) ?? honest) : honest
    if (answer !== honest) seen.faultPlayed = true
    const connection: SeenConnection = {
      upgrade,
      isSelected: isSelected(answer),
      metFault: false,
      messages: 0,
      pings: [],
      closedWith: undefined,
      wasLeft: false,
    }
    const number = seen.connections.push(connection) - 1
    const reply = { ...answer, body: new Uint8Array(0) }
    const judged = refused === undefined ? 'taken' : `refused: ${refused}`
    seen.exchanges.push({ at: this.setting.now(), origin, arrival: upgrade, reply, what: 'upgrade', judged })
    socket.write(encodeUpgradeAnswer(answer))
    if (answer.status !== 101) return void socket.end()
    const hearing = {
      maxMessageBytes: this.setting.limits.maxMessageBytes,
      quietMs: this.setting.quietMs,
      answer: (text: Uint8Array, frames: readonly ReadFrame[]) => {
        const arrival = { ...upgrade, body: text }
        const over = { connection: number, frames }
        return this.#note(running, arrival, origin, () => this.#heard(text, running, origin), over)
      },
      refused: (rule: string) => void seen.refusals.push(rule),
      flooded: (bytes: number) => this.noteFlood(bytes),
      isFaultPlayed: () => seen.faultPlayed,
    }
    this.#connections.push(new PlayedConnection(socket, connection, hearing))
  }

  /** Answers a message that arrived over WebSocket, or closes the connection where it has no answer. */
  async #heard(text: Uint8Array, running: Encounter, origin: string): Promise<Handled> {
    const due = dueClose(text, this.setting.limits.maxMessageBytes)
    if (due === undefined) return this.#taken(running, origin, text, () => parseJsonObject(text))
    const rule = due === closeCodes.noId ? 'ws.no-id' : 'ws.not-json'
    running.seen.refusals.push(rule)
    return { reply: closeReply(due), what: 'message', judged: `refused: ${rule}` }
  }
}

/** A refusal as the plain error that it is on the wire. */
const notTaken = (cause: unknown): NotTaken => {
  if (cause instanceof NotTaken) return cause
  if (!(cause instanceof Refusal)) throw cause
  const { layer, rule, message } = cause
  if (rule === 'handshake.task') return new NotTaken('task_unsupported', rule)
  return new NotTaken(layer === 'encoding' || layer === 'schema' ? 'malformed' : 'authentication_failed', message)
}
