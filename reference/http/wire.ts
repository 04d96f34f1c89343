import { statusOf, STREAM_MEDIA_TYPE, type PlainErrorCode } from '../../schemas/index.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import type { BatchReply, ReceivedMessage, Reply, WholeReply } from '../transport/exchange.js'

/** An answer over HTTP, as it is about to be written. */
export interface WireAnswer {
  readonly status: number
  /** By name in lower case. `content-length` is added when it is written. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** What follows the body, a piece at a time, when it is taken: the lines of a stream. */
  readonly lines?: AsyncIterable<string>
}

/** What an answer is about. */
export interface WireSubject {
  readonly kind: 'card' | 'health' | 'metrics' | 'unknown-path' | 'upgrade' | 'batch' | Reply['kind']
  /** The code of a plain error. */
  readonly code?: PlainErrorCode
  /** The message that is answered, where it could be read. */
  readonly message?: ReceivedMessage
}

/** The last step before an answer is written: sees all of it, and may return another. */
export type WireHook = (answer: WireAnswer, about: WireSubject) => WireAnswer | Promise<WireAnswer>

/** The hook of an honest responder. */
export const honestWire: WireHook = answer => answer

/** Seconds after which who was refused for want of room may come back. */
const RETRY_AFTER_SECONDS = 1

const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' } as const

const json = (status: number, body: object, headers: Readonly<Record<string, string>> = JSON_HEADERS): WireAnswer => ({
  status,
  headers,
  body: encodeUtf8(JSON.stringify(body)),
})

/** The answer with an agent card (card.published). */
export const cardAnswer = (card: object): WireAnswer => json(200, card)

/** The answer to a path that is not served (http.unknown-path). */
export const unknownPathAnswer = (): WireAnswer => ({ status: 404, headers: {}, body: new Uint8Array() })

/** The answer to a request for another protocol that is refused, and to one that ought to have been such a request. */
export const upgradeRefusal = (status: number): WireAnswer => ({
  status,
  headers: {
    ...(status === 426 && { upgrade: 'websocket', connection: 'upgrade, close' }),
    ...(status === 503 && { 'retry-after': String(RETRY_AFTER_SECONDS) }),
  },
  body: new Uint8Array(),
})

/** Headers of a plain error (error.retry-after, http.www-authenticate, http.method, http.body-limit). */
const errorHeaders = (code: PlainErrorCode, allow: string): Record<string, string> => ({
  ...JSON_HEADERS,
  ...(statusOf(code) === 401 && { 'www-authenticate': 'SAGE' }),
  ...((code === 'unavailable' || code === 'rate_limited') && { 'retry-after': String(RETRY_AFTER_SECONDS) }),
  ...(code === 'method_not_allowed' && { allow }),
  ...(code === 'payload_too_large' && { connection: 'close' }),
})

/** The answer that carries a stream, one response on each line (stream.http-answer). */
export const streamAnswer = (lines: AsyncIterable<string>): WireAnswer => ({
  status: 200,
  headers: { 'content-type': STREAM_MEDIA_TYPE, 'cache-control': 'no-store' },
  body: new Uint8Array(),
  lines,
})

/** The answer that carries a reply; `allow` lists the methods of the path for `method_not_allowed`. */
export const replyAnswer = (reply: WholeReply | BatchReply, allow = 'POST'): WireAnswer =>
  reply.kind === 'error'
    ? json(statusOf(reply.body.error), reply.body, errorHeaders(reply.body.error, allow))
    : json(200, reply.body)

/** What the answer that carries `reply` is about. */
export const subjectOf = (reply: Reply | BatchReply): WireSubject => {
  if (reply.kind === 'batch') return { kind: 'batch' }
  const { kind, message } = reply
  if (kind !== 'error') return { kind, message }
  return { kind, code: reply.body.error, ...(message !== undefined && { message }) }
}
