import { SUBPROTOCOL } from '../../../schemas/index.js'
import { encodeBase64 } from '../bytes/base64.js'
import type { Entropy } from '../entropy.js'
import type { Outgoing } from '../net/alter.js'
import { isFrames } from '../net/alter.js'
import type { Exchanged, WireRequest } from '../net/exchange.js'
import { opcodes, type Frame, type WireFrames } from '../net/frames.js'
import type { Arrived, Until } from '../net/inbox.js'
import type { Manners } from '../net/line.js'
import type { Network, Upgraded } from '../net/network.js'
import { encodeBody } from '../wire/body.js'
import { idOf } from '../wire/due-close.js'
import type { Outcome } from './answer.js'
import type { WireObject } from './handshake-draft.js'
import { messagesUrl, socketUrl, type Target } from './target.js'
import { recordConversation, recordExchange, type AnswerKeeper, type TranscriptEntry } from './transcript.js'

/** What was sent and what came of it, written down as far as a way knows it. */
export type Written = Pick<TranscriptEntry, 'at' | 'request' | 'response' | 'arrived' | 'failure'>

/** What came of a message. */
export interface Delivered {
  readonly outcome: Outcome
  readonly written: Written
}

/** What came over a connection. */
interface Spoken {
  readonly arrived: Arrived
  readonly written: Written
  /** The connection, where there is one. */
  readonly connection?: number
  /** The answer to the upgrade, where there was no room for a connection. */
  readonly busy?: Exchanged
}

/** How a conversation gets its messages to the target. */
export interface Way {
  /** A message, honestly framed. */
  readonly post: (envelope: WireObject) => Outgoing
  /** Sends it once. Never throws. */
  readonly deliver: (outgoing: Outgoing) => Promise<Delivered>
}

/** What a way has around it. */
export interface Terrain extends Network {
  readonly target: Target
  readonly entropy: Entropy
  readonly now: () => bigint
  readonly keeper: AnswerKeeper
}

/** An honest POST of a JSON object to `url`. */
export const postTo = (url: URL, object: WireObject): WireRequest => {
  const body = encodeBody(object)
  const headers = [
    ['Host', url.host],
    ['User-Agent', 'sage-conformance'],
    ['Accept', 'application/json'],
    ['Content-Type', 'application/json'],
    ['Content-Length', String(body.length)],
  ] as const
  return { method: 'POST', path: url.pathname, headers, body }
}

/** Each message in a POST. */
export const createHttpWay = ({ target, now, exchange, keeper }: Terrain): Way => ({
  post: envelope => postTo(messagesUrl(target), envelope),
  async deliver(outgoing) {
    if (isFrames(outgoing)) throw new Error('frames do not go over HTTP')
    const url = messagesUrl(target)
    const at = now()
    const exchanged = await exchange(outgoing, url)
    return { outcome: exchanged, written: recordExchange({ at, request: outgoing, url, exchanged }, keeper) }
  },
})

/** Says what was exchanged before a message could be sent. */
export type Note = (what: string, written: Written) => void

/**
 * All messages over one WebSocket connection, opened when it is needed, and again after the target has closed it: the
 * message on which it was found closed has that for its outcome.
 */
export class SocketWay implements Way {
  #opening: Promise<Upgraded> | undefined

  constructor(
    readonly terrain: Terrain,
    readonly note: Note,
  ) {}

  post(envelope: WireObject): WireFrames {
    return this.frames(encodeBody(envelope))
  }

  /** A text message in one masked frame. */
  frames(text: Uint8Array): WireFrames {
    return { text, frames: [this.frame(opcodes.text, text)] }
  }

  /** A masked frame. */
  frame(opcode: number, payload: Uint8Array): Frame {
    return { opcode, mask: this.terrain.entropy(4), payload }
  }

  /** An honest upgrade. */
  upgradeRequest(): WireRequest {
    const url = socketUrl(this.terrain.target)
    const headers = [
      ['Host', url.host],
      ['User-Agent', 'sage-conformance'],
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Version', '13'],
      ['Sec-WebSocket-Key', encodeBase64(this.terrain.entropy(16))],
      ['Sec-WebSocket-Protocol', SUBPROTOCOL],
    ] as const
    return { method: 'GET', path: url.pathname, headers, body: new Uint8Array(0) }
  }

  /** Asks for a connection; where one comes of it, it is the one that is used from now on. */
  async open(request: WireRequest, manners?: Manners): Promise<Upgraded> {
    const { target, now, upgrade, keeper } = this.terrain
    const url = socketUrl(target)
    const at = now()
    const opening = upgrade(request, url, manners)
    const upgraded = await opening
    this.note('upgrade', recordExchange({ at, request, url, exchanged: upgraded.exchanged }, keeper))
    if (upgraded.connection !== undefined) this.#opening = opening
    return upgraded
  }

  async deliver(outgoing: Outgoing): Promise<Delivered> {
    if (!isFrames(outgoing)) throw new Error('a POST does not go over WebSocket')
    const id = idOf(outgoing.text)
    const until = { kind: 'answer', ...(id !== undefined && { id }) } as const
    const { arrived, written, busy } = await this.converse(outgoing.frames, until)
    return { outcome: busy ?? arrived, written }
  }

  /** Sends frames over the connection, or over an earlier one, and waits for something. */
  async converse(frames: readonly Frame[], until: Until, earlier?: number): Promise<Spoken> {
    const { now, converse, keeper } = this.terrain
    const at = now()
    const upgraded = earlier === undefined ? await this.connect() : undefined
    const connection = earlier ?? upgraded?.connection
    const arrived = connection === undefined ? NO_CONNECTION : await converse(connection, frames, until)
    const isOver = arrived.kind === 'closed' || arrived.kind === 'reset' || arrived.kind === 'ended'
    if (isOver && (await this.#opening)?.connection === connection) this.leave()
    const conversed = { at, connection: connection ?? -1, frames, until, arrived }
    const written = recordConversation(conversed, keeper)
    const spoken = { arrived, written, ...(connection !== undefined && { connection }) }
    const { exchanged } = upgraded ?? {}
    return connection === undefined && exchanged && isBusy(exchanged) ? { ...spoken, busy: exchanged } : spoken
  }

  /** The next message goes over another connection. */
  leave(): void {
    this.#opening = undefined
  }

  /** The honest connection, opened if there is none. */
  connect(): Promise<Upgraded> {
    this.#opening ??= this.#openHonestly()
    return this.#opening
  }

  /** A target that knows nothing of the subprotocol is judged for that by one check, and can be judged on the rest. */
  async #openHonestly(): Promise<Upgraded> {
    const request = this.upgradeRequest()
    const upgraded = await this.open(request)
    const { exchanged } = upgraded
    const status = exchanged.kind === 'response' ? exchanged.response.status : 0
    if (status < 400 || status > 499 || isBusy(exchanged)) return upgraded
    const headers = request.headers.filter(([name]) => name !== 'Sec-WebSocket-Protocol')
    return this.open({ ...request, headers })
  }
}

/** A target without room for a connection says when to come back, as it does over HTTP. */
const isBusy = (exchanged: Exchanged): boolean =>
  exchanged.kind === 'response' && (exchanged.response.status === 429 || exchanged.response.status === 503)

const NO_CONNECTION: Arrived = { kind: 'reset', reason: 'there is no WebSocket connection' }
