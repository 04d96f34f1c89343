import { encodeBase64, encodeBase64url, parseBase64 } from '../probe/bytes/base64.js'
import { encodeHex } from '../probe/bytes/hex.js'
import type { OpenedRequest } from '../probe/handshake/request.js'
import type { ReadFrame } from '../probe/net/frames.js'
import type { Arrival } from './listener.js'
import type { PlayedRequest } from './played-session.js'
import type { Reply } from './reply.js'

/** One exchange as a played responder saw it. */
export interface PeerExchange {
  /** Nanoseconds from the Unix epoch. */
  readonly at: bigint
  readonly origin: string
  readonly arrival: Arrival
  /** Which connection of WebSocket it arrived on, and in which frames; absent over HTTP. */
  readonly over?: { readonly connection: number; readonly frames: readonly ReadFrame[] } | undefined
  readonly reply: Reply
  /** What the message was, and what the responder made of it. */
  readonly what: string
  readonly judged: string
  /** The request that opened. */
  readonly opened?: PlayedRequest
}

/** A WebSocket connection as a played responder saw it. */
export interface SeenConnection {
  readonly upgrade: Arrival
  /** The responder selected the subprotocol, as an honest one does. */
  readonly isSelected: boolean
  /** Something was answered on it once the fault was played. */
  metFault: boolean
  /** Messages that arrived on it, wrong ones too. */
  messages: number
  readonly pings: { readonly payload: Uint8Array; isAnswered: boolean }[]
  /** Code of the initiator's close frame, 1005 where it had none. */
  closedWith: number | undefined
  /** Nothing arrived any more, so that it was the responder who closed it. */
  wasLeft: boolean
}

/** Everything that a played responder saw of one run of an initiator. */
export class Observation {
  readonly exchanges: PeerExchange[] = []
  readonly handshakes: OpenedRequest[] = []
  /** Requests that opened, in the order in which they arrived, whatever session they belong to. */
  readonly requests: PlayedRequest[] = []
  /** Requests that arrived again with the same record. */
  repeats = 0
  /** What arrived that a responder refuses, by the rule that it breaks. */
  readonly refusals: string[] = []
  /** Messages that arrived once the fault was on its way. */
  handshakesAfterFault = 0
  requestsAfterFault = 0
  readonly connections: SeenConnection[] = []
  /** Batches that arrived. */
  batches = 0
  /** Messages that arrived over HTTP; a batch is one. */
  posted = 0
  /** Requests that arrived at an address where only a redirect leads. */
  elsewhere = 0
  /** Has the fault been played? */
  faultPlayed = false
  /** Why the fault could not be played. */
  unplayable: string | undefined
  /** What the suite itself got wrong. */
  ownFault: unknown
  /** Bytes of an endless body that were read. */
  flooded = 0
  /** The form in which the payload arrived outside a record. */
  unprotected: string | undefined

  /** Looks for `payload` where anybody on the path could read it. */
  lookForPayload({ method, path, headers, body }: Arrival, payload: Uint8Array): void {
    const head = [method, path, ...headers.flat()].join('\n')
    const text = `${head}\n${Buffer.from(body).toString('latin1')}`
    this.unprotected ??= formsOf(payload).find(([, form]) => text.includes(form))?.[0]
    if (encodedIn(text).some(bytes => bytes.includes(Buffer.from(payload)))) this.unprotected ??= 'base64'
  }
}

/** Bytes at the end of a base64 text depend on what follows, so that those go. */
const whole = (text: string): string => text.replace(/=+$/, '').slice(0, -2)

const formsOf = (payload: Uint8Array): [name: string, text: string][] => [
  ['plain text', Buffer.from(payload).toString('latin1')],
  ['base64', whole(encodeBase64(payload))],
  ['base64url', whole(encodeBase64url(payload))],
  ['hex', encodeHex(payload)],
]

const MIN_BASE64 = 24

/** What the base64 texts in `text` stand for, up to a hundred of them. */
const encodedIn = (text: string): Buffer[] =>
  (text.match(/[A-Za-z0-9+/]{4,}={0,2}/g) ?? [])
    .filter(word => word.length >= MIN_BASE64)
    .slice(0, 100)
    .flatMap(word => {
      try {
        return [Buffer.from(parseBase64(word))]
      } catch {
        return []
      }
    })
