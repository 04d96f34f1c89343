import type { SessionResponse } from '../../schemas/index.js'
import { encodeBase64 } from '../bytes/base64.js'
import type { Later } from '../bytes/guard.js'
import { isSageError, SageError } from '../bytes/sage-error.js'
import type { ResponseEnvelope } from '../message/aad.js'
import type { Parts } from '../parts.js'
import { MIN_RECORD_LENGTH } from '../session/record.js'
import type { LiveSession } from './live-session.js'

const base64Length = (bytes: number): number => 4 * Math.ceil(bytes / 3)

const [TOKEN, CODE] = ['x'.repeat(128), 'x'.repeat(32)]
const MAX_FRAME = JSON.stringify({
  success: false,
  message_id: TOKEN,
  task_id: TOKEN,
  kid: TOKEN,
  error: CODE,
  encoding: CODE,
  data: '',
}).length

/** Does a response with this plaintext keep to `maxBytes` however long its names are? Mostly that is all one has to ask. */
export const surelyFits = (plaintext: Uint8Array, maxBytes: number): boolean =>
  MAX_FRAME + base64Length(plaintext.length + MIN_RECORD_LENGTH) <= maxBytes

/** Bytes of the response that carries a plaintext. */
export const responseSize = (envelope: ResponseEnvelope, plaintext: Uint8Array): number =>
  JSON.stringify({ ...envelope, data: '' }).length + base64Length(plaintext.length + MIN_RECORD_LENGTH)

const asUnknown = (cause: unknown): unknown =>
  isSageError(cause, 'session_closed') ? new SageError('session_unknown', 'the session has ended', { cause }) : cause

/**
 * Seals a response into the next record of its session.
 * @param requestRecord of the message that it answers, to which it is bound
 * @param seq number of the record, where it was drawn before
 * @throws SageError `session_unknown` when the session has no record left for it
 */
export const sealResponse = (
  session: LiveSession,
  envelope: ResponseEnvelope,
  plaintext: Uint8Array,
  requestRecord: Uint8Array,
  parts: Parts,
  seq?: bigint,
): SessionResponse => {
  const callerAad = parts.responseAad(envelope, parts.requestHash(requestRecord, parts), parts)
  try {
    return { ...envelope, data: encodeBase64(session.seal(plaintext, callerAad, seq)) }
  } catch (error) {
    throw asUnknown(error)
  }
}

/**
 * As {@link sealResponse}, after the number has been drawn where it has to be.
 * @throws SageError `session_unknown`; `unavailable` where no number can be drawn
 */
export const sealInTurn = (
  session: LiveSession,
  envelope: ResponseEnvelope,
  plaintext: Uint8Array,
  requestRecord: Uint8Array,
  parts: Parts,
): Later<SessionResponse> =>
  session.drawSeq()?.then(
    seq => sealResponse(session, envelope, plaintext, requestRecord, parts, seq),
    (error: unknown) => {
      throw asUnknown(error)
    },
  ) ?? sealResponse(session, envelope, plaintext, requestRecord, parts)
