import { encodeBase64 } from '../bytes/base64.js'
import { encodeHex } from '../bytes/hex.js'
import { encodeTime } from '../bytes/time.js'
import { parseUtf8 } from '../bytes/utf8.js'
import { sha256 } from '../crypto/hash.js'
import type { Exchanged, WireRequest } from '../net/exchange.js'
import { encodeFrame, type Frame } from '../net/frames.js'
import type { Arrived, Until } from '../net/inbox.js'

/** What a report says of a body that it does not hold. */
export interface BodySummary {
  readonly bytes: number
  readonly sha256: string
  readonly beginsWith: string
}

/** The body of a request: its text where it is short UTF-8, else a summary: who repeats the run makes it again. */
export type RecordedRequestBody = string | BodySummary

/** The body of a response: its text where it is UTF-8, else its bytes; a summary only where it is beyond all measure. */
export type RecordedResponseBody = string | { readonly base64: string } | BodySummary

/** What a record held, because the probe has its own keys. Binary values in hex. */
export interface OpenedPart {
  readonly seq: string
  readonly aad?: string
  readonly plaintext: string
}

/** A request as it was sent. */
export interface RecordedRequest {
  readonly method: string
  /** Where the connection went, and the request target as it was sent. */
  readonly url: string
  readonly headers: WireRequest['headers']
  readonly body: RecordedRequestBody
}

/** A frame as it was sent; a member that is absent is as in every honest frame. */
export interface RecordedFrame {
  readonly opcode: number
  /** Masking key, hex; absent in a frame that was not masked. */
  readonly mask?: string
  readonly fin?: false
  readonly reserved?: number
  /** Bytes that the header announced, where they were not those of the payload. */
  readonly announced?: number
  readonly payload: RecordedRequestBody
}

/** Frames as they were sent, over one of the connections of a case, and what was waited for. */
export interface RecordedFrames {
  readonly connection: number
  readonly frames:
    readonly RecordedFrame[] | { readonly count: number; readonly bytes: number; readonly sha256: string }
  readonly until: Until
}

/** What came over a connection. */
export type RecordedArrival =
  | (Omit<Extract<Arrived, { kind: 'message' }>, 'body'> & { readonly body: RecordedResponseBody })
  | Exclude<Arrived, { kind: 'message' | 'timeout' | 'reset' }>

/** What came of what was sent, or why nothing came. */
export interface RecordedOutcome {
  readonly response?: {
    readonly status: number
    readonly headers: readonly (readonly [string, string])[]
    readonly body: RecordedResponseBody
  }
  readonly arrived?: RecordedArrival
  readonly failure?: Exclude<Exchanged, { readonly kind: 'response' }>
}

/** What was inside a message and its answer, and what the probe made of it. */
export interface Inside {
  readonly sealed?: OpenedPart
  readonly opened?: OpenedPart
  readonly judged?: string
}

/** One exchange of a check, with what was inside its records. */
export interface TranscriptEntry extends RecordedOutcome, Inside {
  /** What the exchange was for: `session`, `twin`, `fault`, `after`, … */
  readonly step: string
  readonly what: string
  /** The target's time, as the probe estimates it, when it sent. */
  readonly at: string
  readonly request: RecordedRequest | RecordedFrames
  /** What was in each place of a batch. */
  readonly places?: readonly (Inside & { readonly what: string })[]
  /** What was in each line of a stream. */
  readonly lines?: readonly Inside[]
}

/** An exchange over HTTP, as it happened. */
export interface Happened {
  readonly at: bigint
  readonly request: WireRequest
  readonly url: URL
  readonly exchanged: Exchanged
}

/** An exchange over a connection, as it happened. */
export interface Conversed {
  readonly at: bigint
  readonly connection: number
  readonly frames: readonly Frame[]
  readonly until: Until
  readonly arrived: Arrived
}

const MAX_REQUEST_TEXT = 16 * 1024
const MAX_RESPONSE_BYTES = 2 ** 20
const MAX_KEPT_BYTES = 2 ** 25
const MAX_PLAINTEXT = 4096
const BEGINNING = 64
/** Frames sent at once that a report holds one by one. */
const MAX_FRAMES = 64

const summarize = (body: Uint8Array): BodySummary => ({
  bytes: body.length,
  sha256: encodeHex(sha256(body)),
  beginsWith: encodeHex(body.subarray(0, BEGINNING)),
})

const textOf = (body: Uint8Array): string | undefined => {
  try {
    return parseUtf8(body)
  } catch {
    return undefined
  }
}

/**
 * Keeps the answers of a run whole, since they cannot be made again: 1 MiB of each, 32 MiB of all, so that no target can
 * make a report without end.
 */
export class AnswerKeeper {
  #left = MAX_KEPT_BYTES

  keep(body: Uint8Array): RecordedResponseBody {
    if (body.length > MAX_RESPONSE_BYTES || body.length > this.#left) return summarize(body)
    this.#left -= body.length
    return textOf(body) ?? { base64: encodeBase64(body) }
  }
}

const recordBody = (body: Uint8Array): RecordedRequestBody =>
  (body.length > MAX_REQUEST_TEXT ? undefined : textOf(body)) ?? summarize(body)

// The `origin` of a URL of ws is opaque to some platforms.
const originOf = ({ protocol, host }: URL): string => `${protocol}//${host}`

/** A request as a report keeps it: enough to tell, byte for byte, whether another one is the same. */
export const recordRequest = (request: WireRequest, url: URL): RecordedRequest => {
  const { method, path, headers, body } = request
  return { method, url: `${originOf(url)}${path}`, headers, body: recordBody(body) }
}

const recordFrame = ({ fin = true, reserved = 0, opcode, mask, payload, announced }: Frame): RecordedFrame => ({
  opcode,
  ...(mask && { mask: encodeHex(mask) }),
  ...(!fin && { fin }),
  ...(reserved !== 0 && { reserved }),
  ...(announced !== undefined && { announced }),
  payload: recordBody(payload),
})

/** Frames as a report keeps them. */
export const recordFrames = (connection: number, frames: readonly Frame[], until: Until): RecordedFrames => {
  if (frames.length <= MAX_FRAMES) return { connection, frames: frames.map(recordFrame), until }
  const bytes = Buffer.concat(frames.map(encodeFrame))
  return { connection, frames: { count: frames.length, bytes: bytes.length, sha256: encodeHex(sha256(bytes)) }, until }
}

const recordArrival = (arrived: Arrived, keeper: AnswerKeeper): RecordedOutcome => {
  if (arrived.kind === 'timeout' || arrived.kind === 'reset') return { failure: arrived }
  if (arrived.kind !== 'message') return { arrived }
  const { kind, body, flaw } = arrived
  return { arrived: { kind, body: keeper.keep(body), ...(flaw !== undefined && { flaw }) } }
}

/** What an entry says of an exchange over a connection. */
export const recordConversation = (
  { at, connection, frames, until, arrived }: Conversed,
  keeper: AnswerKeeper,
): Pick<TranscriptEntry, 'at' | 'request' | keyof RecordedOutcome> => ({
  at: encodeTime(at),
  request: recordFrames(connection, frames, until),
  ...recordArrival(arrived, keeper),
})

const recordOutcome = (exchanged: Exchanged, keeper: AnswerKeeper): RecordedOutcome => {
  if (exchanged.kind !== 'response') return { failure: exchanged }
  const { status, headers, body } = exchanged.response
  return { response: { status, headers, body: keeper.keep(body) } }
}

/** What an entry says of an exchange itself. */
export const recordExchange = ({ at, request, url, exchanged }: Happened, keeper: AnswerKeeper) => ({
  at: encodeTime(at),
  request: recordRequest(request, url),
  ...recordOutcome(exchanged, keeper),
})

/** A plaintext as a report keeps it: hex, its beginning only where it is long. */
export const recordPlaintext = (plaintext: Uint8Array): string =>
  plaintext.length <= MAX_PLAINTEXT
    ? encodeHex(plaintext)
    : `${encodeHex(plaintext.subarray(0, BEGINNING))}… (${plaintext.length} bytes)`
