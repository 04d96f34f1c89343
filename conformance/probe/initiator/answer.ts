import {
  defaultLimits,
  statusOf,
  type CloseCode,
  type ErrorCode,
  type HandshakeResponseData,
  type PlainErrorCode,
  type SessionResponse,
  type Stream,
} from '../../../schemas/index.js'
import { parseJsonObject } from '../bytes/json.js'
import { explainHandshake, explainResponse } from '../diagnosis/explain.js'
import { parseMember } from '../gzip/member.js'
import { openResponse, type SentRequest } from '../handshake/verdict.js'
import type { Resolve } from '../identity/resolver.js'
import type { Exchanged } from '../net/exchange.js'
import type { Arrived } from '../net/inbox.js'
import { headerValues, type WireResponse } from '../net/response-reader.js'
import { Refusal } from '../refusal.js'
import type { OpenedRecord } from '../session/record.js'
import { openResponseRecord, parsePlainError, parseSessionResponse } from '../wire/session-message.js'
import { ProbeSession, type SessionDraft } from './session-draft.js'
import type { Identity } from './target.js'

/** What a message was sent for, over either transport: an HTTP response, a message, or why there was none. */
export type Outcome = Exchanged | Arrived

interface Carried {
  /** The HTTP response, where it came over HTTP. */
  readonly response?: WireResponse | undefined
  /** Bytes of the answer, where there are any. */
  readonly body?: Uint8Array | undefined
  /** The code with which a responder closes the connection over which it was asked, instead of an error (websocket.md). */
  readonly due?: CloseCode | undefined
}

/** What the record of a response held. */
export interface Content {
  readonly seq: bigint
  /** Inflated, where it was compressed. */
  readonly plaintext: Uint8Array
  /** The member that was sealed, where the plaintext was compressed, be it that this was asked for or not. */
  readonly member?: Uint8Array | undefined
}

/** What a target answered, as an honest initiator understands it, with the answer as it came. */
export type Answer = Carried &
  (
    | { readonly kind: 'session'; readonly session: ProbeSession; readonly data: HandshakeResponseData }
    | ({ readonly kind: 'success' } & Content)
    | ({
        readonly kind: 'authenticated'
        readonly error: ErrorCode
        /** What it says of the stream that it ends, or that never came to be. */
        readonly stream?: Stream | undefined
      } & Content)
    /** A response in each place of a batch; none of them has an HTTP response of its own. */
    | { readonly kind: 'batch'; readonly answers: readonly Answer[] }
    | ({ readonly kind: 'chunk'; readonly end: boolean } & Content)
    /** A control of a stream: so many chunks may be sent in all. */
    | ({ readonly kind: 'credit'; readonly credit: number } & Content)
    /** Nothing more of a stream has come. */
    | { readonly kind: 'nothing' }
    | { readonly kind: 'plain'; readonly error: PlainErrorCode; readonly detail?: string | undefined }
    /** The target closed the connection with this code; 1005 where it gave none. */
    | { readonly kind: 'closed'; readonly code: number }
    /** An HTTP response that is neither a SAGE response nor a plain error with its status. */
    | { readonly kind: 'http'; readonly status: number; readonly why: string }
    /** An answer, with HTTP 200 where it came over HTTP, that an initiator must not accept. */
    | { readonly kind: 'unacceptable'; readonly why: string }
    /** 429 or 503: no answer to the question, unless the question was when the target is busy. */
    | {
        readonly kind: 'busy'
        readonly status?: number
        readonly error?: PlainErrorCode
        readonly retryAfterSeconds: number
      }
    | { readonly kind: 'timeout' }
    | { readonly kind: 'reset' | 'unreachable' | 'not-http'; readonly why: string }
  )

/** What an initiator needs to judge the answer to a handshake. */
export interface HandshakeReader {
  readonly sent: SentRequest
  readonly identity: Identity
  readonly now: bigint
  readonly resolve: Resolve
  readonly maxSessionRecords: bigint
}

/** What an initiator needs to judge the answer to a request inside a session. */
export interface SessionReader {
  readonly session: ProbeSession
  readonly draft: SessionDraft
  readonly record: Uint8Array
  /** Bytes of an inflated plaintext at most; the default limit by default. */
  readonly maxMessageBytes?: number | undefined
}

const reasonOf = (cause: unknown): string => {
  if (cause instanceof Refusal) return cause.message
  throw cause
}

const retryAfter = (response: WireResponse): number => {
  const [seconds = ''] = headerValues(response.headers, 'retry-after')
  return /^[0-9]{1,6}$/.test(seconds) ? Number(seconds) : 1
}

/** What an HTTP response that is not 200 says. Never throws. */
export const readError = (response: WireResponse): Answer => {
  const { status, body } = response
  const busy = status === 429 || status === 503
  const retryAfterSeconds = retryAfter(response)
  try {
    const { error, detail } = parsePlainError(body)
    if (statusOf(error) !== status)
      return { kind: 'http', status, why: `says ${error}, whose status is ${statusOf(error)}`, response, body }
    return busy
      ? { kind: 'busy', status, error, retryAfterSeconds, response, body }
      : { kind: 'plain', error, detail, response, body }
  } catch (cause) {
    if (busy) return { kind: 'busy', status, retryAfterSeconds, response, body }
    return { kind: 'http', status, why: `its body is not a plain error (${reasonOf(cause)})`, response, body }
  }
}

/** The plain error that a message over WebSocket is, if it is one: without a `kid`, and not a success. */
export const readPlain = (body: Uint8Array): Answer | undefined => {
  if (hasMember(body, 'kid') || hasMember(body, 'data')) return undefined
  try {
    const { error, detail } = parsePlainError(body)
    const busy = error === 'unavailable' || error === 'rate_limited'
    return busy ? { kind: 'busy', error, retryAfterSeconds: 1, body } : { kind: 'plain', error, detail, body }
  } catch (cause) {
    return { kind: 'unacceptable', why: `neither a response nor a plain error (${reasonOf(cause)})`, body }
  }
}

/** What an answer of HTTP 200, a line of it or a message is to an initiator that reads it with `read`, which throws Refusal. */
export const readBody = (
  body: Uint8Array,
  read: (body: Uint8Array) => Answer,
  explain: (refusal: Refusal, body: Uint8Array) => string | undefined,
): Answer => {
  try {
    return { ...read(body), body }
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause
    const why = [cause.message, explain(cause, body)].filter(part => part !== undefined).join('; ')
    return { kind: 'unacceptable', why, body }
  }
}

/** What came of a message, as `read` understands an answer; where that throws Refusal, `explain` may know why. Never throws. */
export const readOutcome = (
  outcome: Outcome,
  read: (body: Uint8Array) => Answer,
  explain: (refusal: Refusal, body: Uint8Array) => string | undefined = () => undefined,
): Answer => {
  const judge = (body: Uint8Array): Answer => readBody(body, read, explain)
  switch (outcome.kind) {
    case 'response': {
      const { response } = outcome
      return response.status === 200 ? { ...judge(response.body), response } : readError(response)
    }
    case 'message': {
      const { body, flaw } = outcome
      return flaw === undefined ? (readPlain(body) ?? judge(body)) : { kind: 'unacceptable', why: flaw, body }
    }
    case 'timeout':
      return { kind: 'timeout' }
    case 'closed':
      return { kind: 'closed', code: outcome.code }
    case 'reset':
    case 'unreachable':
    case 'not-http':
      return { kind: outcome.kind, why: outcome.reason }
    default:
      throw new Error(`nobody asked for ${outcome.kind} in the place of an answer`)
  }
}

/** The answer to a handshake message. Never throws. */
export const readHandshakeAnswer = (outcome: Outcome, reader: HandshakeReader): Answer =>
  readOutcome(
    outcome,
    body => {
      const { kid, derivation, data } = openResponse(body, reader.sent, reader)
      const session = new ProbeSession(kid, reader.sent.ctx, reader.identity, derivation.seed, reader.maxSessionRecords)
      return { kind: 'session', session, data }
    },
    (refusal, body) => explainHandshake(refusal, body, reader),
  )

/** What was sealed, inflated where the response says that it was compressed. Throws Refusal. */
export const readContent = (
  { encoding }: SessionResponse,
  { plaintext, seq }: OpenedRecord,
  maxMessageBytes: number,
): Content => {
  if (encoding === undefined) return { plaintext, seq }
  if (encoding !== 'gzip') throw new Refusal('encoding', 'gzip.response-unasked')
  return { plaintext: parseMember(plaintext, maxMessageBytes), member: plaintext, seq }
}

/** The answer to a message inside a session. Never throws. */
export const readSessionAnswer = (
  outcome: Outcome,
  { session, draft, record, maxMessageBytes = defaultLimits.maxMessageBytes }: SessionReader,
): Answer =>
  readOutcome(
    outcome,
    body => {
      const parsed = parseSessionResponse(body)
      for (const [member, asked] of [
        ['message_id', draft.id],
        ['task_id', draft.task_id],
        ['kid', draft.kid],
      ] as const)
        if (parsed[member] !== asked) throw new Refusal('transcript', `${member} is not the request's`)
      if (parsed.stream && parsed.stream.id !== draft.stream?.id)
        throw new Refusal('transcript', "stream is not the request's")
      const opened = openResponseRecord(parsed, record, (bytes, aad) => session.receiver.open(bytes, aad))
      const content = readContent(parsed, opened, maxMessageBytes)
      return parsed.success
        ? { kind: 'success', ...content }
        : { kind: 'authenticated', error: parsed.error, stream: parsed.stream, ...content }
    },
    (refusal, body) => explainResponse(refusal, body, session, { draft, record }),
  )

/** The answer to anything that is no message, which is `why` as far as its status goes. Never throws. */
export const readFetched = (exchanged: Exchanged, why = 'to a request that is no message'): Answer => {
  if (exchanged.kind === 'timeout') return { kind: 'timeout' }
  if (exchanged.kind !== 'response') return { kind: exchanged.kind, why: exchanged.reason }
  const { response } = exchanged
  const { status, body } = response
  if (status !== 429 && status !== 503) return { kind: 'http', status, why, response, body }
  return { kind: 'busy', status, retryAfterSeconds: retryAfter(response), response, body }
}

/** The answer to an upgrade, 101 or not. Never throws. */
export const readUpgrade = (exchanged: Exchanged): Answer => {
  const stands = exchanged.kind === 'response' && exchanged.response.status === 101
  return readFetched(exchanged, stands ? 'the connection was upgraded' : 'no upgrade')
}

/** Is `body` an object with a member `name`, whatever else it is? Never throws. */
export const hasMember = (body: Uint8Array, name: string): boolean => {
  try {
    return Object.hasOwn(parseJsonObject(body), name)
  } catch {
    return false
  }
}

/** What came in the places of a batch, each thing said once. */
const describeAll = (answers: readonly Answer[]): string => {
  const said = answers.map(describeAnswer)
  return [...new Set(said)].map(each => `${said.filter(other => other === each).length} times ${each}`).join('; ')
}

/** One line for a report: what the target answered. Never repeats bytes of a message. */
export const describeAnswer = (answer: Answer): string => {
  switch (answer.kind) {
    case 'session':
      return 'accepted: a session'
    case 'success':
      return `accepted: a response of ${answer.plaintext.length} bytes${answer.member ? ', compressed' : ''}`
    case 'authenticated':
      return `authenticated error ${answer.error}`
    case 'batch':
      return `a batch response: ${describeAll(answer.answers)}`
    case 'chunk':
      return `${answer.end ? 'the last chunk' : 'a chunk'}, of ${answer.plaintext.length} bytes`
    case 'credit':
      return `a credit of ${answer.credit} chunks`
    case 'nothing':
      return 'nothing'
    case 'plain':
      return `plain error ${answer.error}${answer.response ? ` (HTTP ${statusOf(answer.error)})` : ''}`
    case 'closed':
      return `the connection was closed with ${answer.code}`
    case 'http':
      return `HTTP ${answer.status}: ${answer.why}`
    case 'unacceptable':
      return `${answer.response ? 'HTTP 200 with ' : ''}an answer that an initiator rejects (${answer.why})`
    case 'busy':
      return `${answer.status === undefined ? 'plain error unavailable' : `HTTP ${answer.status}`}: busy, try again after ${answer.retryAfterSeconds} s`
    case 'timeout':
      return 'no answer in time'
    case 'reset':
      return `the connection ended without an answer (${answer.why})`
    case 'unreachable':
      return `no connection (${answer.why})`
    case 'not-http':
      return `not HTTP (${answer.why})`
  }
}

/** The short form of an answer: what a reason code is made of, such as `plain-malformed`. */
export const answerCode = (answer: Answer): string => {
  switch (answer.kind) {
    case 'session':
    case 'success':
      return 'accepted'
    case 'plain':
    case 'authenticated':
      return `${answer.kind}-${answer.error.replaceAll('_', '-')}`
    case 'http':
      return `http-${answer.status}`
    case 'closed':
      return `closed-${answer.code}`
    default:
      return answer.kind
  }
}
