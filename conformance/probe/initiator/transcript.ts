import { encodeHex } from '../bytes/hex.js'
import { parseUtf8 } from '../bytes/utf8.js'
import { sha256 } from '../crypto/hash.js'
import type { Exchanged, WireRequest } from '../net/exchange.js'

/** A body in a report: its text where it is short UTF-8, else its size and hash and how it begins. */
export type RecordedBody = string | { readonly bytes: number; readonly sha256: string; readonly beginsWith: string }

/** What a record held, because the probe has its own keys. Binary values in hex. */
export interface OpenedPart {
  readonly seq: string
  readonly aad?: string
  readonly plaintext: string
}

/** One exchange of a check, with what was inside its records. */
export interface TranscriptEntry {
  /** What the exchange was for: `session`, `twin`, `fault`, `after`, … */
  readonly step: string
  readonly what: string
  /** The probe's clock when it sent. */
  readonly at: string
  readonly request: {
    readonly method: string
    readonly url: string
    readonly headers: WireRequest['headers']
    readonly body: RecordedBody
  }
  readonly response?: {
    readonly status: number
    readonly headers: readonly (readonly [string, string])[]
    readonly body: RecordedBody
  }
  /** What happened where no response came. */
  readonly failure?: string
  readonly sealed?: OpenedPart
  readonly opened?: OpenedPart
  /** What the probe made of it. */
  readonly judged?: string
}

const MAX_BODY_TEXT = 16 * 1024
const MAX_PLAINTEXT = 4096
const BEGINNING = 64

/** A body as a report keeps it. */
export const recordBody = (body: Uint8Array): RecordedBody => {
  const summary = () => ({
    bytes: body.length,
    sha256: encodeHex(sha256(body)),
    beginsWith: encodeHex(body.subarray(0, BEGINNING)),
  })
  if (body.length > MAX_BODY_TEXT) return summary()
  try {
    return parseUtf8(body)
  } catch {
    return summary()
  }
}

/** A plaintext as a report keeps it: hex, its beginning only where it is long. */
export const recordPlaintext = (plaintext: Uint8Array): string =>
  plaintext.length <= MAX_PLAINTEXT
    ? encodeHex(plaintext)
    : `${encodeHex(plaintext.subarray(0, BEGINNING))}… (${plaintext.length} bytes)`

/** The part of an entry that says what came back. */
export const recordOutcome = (exchanged: Exchanged): Pick<TranscriptEntry, 'response' | 'failure'> => {
  if (exchanged.kind === 'timeout') return { failure: 'timeout' }
  if (exchanged.kind !== 'response') return { failure: `${exchanged.kind}: ${exchanged.reason}` }
  const { status, headers, body } = exchanged.response
  return { response: { status, headers, body: recordBody(body) } }
}
