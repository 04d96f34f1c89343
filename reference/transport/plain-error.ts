import { plainErrorCodes, type PlainError, type PlainErrorCode } from '../../schemas/index.js'
import { isSageError } from '../bytes/sage-error.js'
import { isToken } from '../bytes/token.js'

/** Text for people that goes with a code: one for each code, whatever the reason was (error.uniform, error.no-echo). */
export type DetailOf = (code: PlainErrorCode) => string

const details: Readonly<Record<PlainErrorCode, string>> = {
  malformed: 'the message does not have the form that the specification asks for',
  authentication_failed: 'authentication failed',
  session_unknown: 'no such session',
  task_unsupported: 'the task is not served',
  method_not_allowed: 'the method is not allowed here',
  payload_too_large: 'the message is too large',
  unsupported_media_type: 'messages are application/json without a content encoding',
  rate_limited: 'too many requests',
  internal: 'internal error',
  unavailable: 'no room at the moment',
}

/** The texts of this responder. */
export const detailOf: DetailOf = code => details[code]

/** Code of the plain error that an exception becomes: its own where it may be plain, `internal` otherwise. */
export const plainCodeOf = (error: unknown): PlainErrorCode =>
  (isSageError(error) && plainErrorCodes.find(code => code === error.code)) || 'internal'

/** A plain error; `id` becomes its `message_id` where it is a valid one (error.message-id). */
export const plainError = (code: PlainErrorCode, detail: DetailOf, id?: unknown): PlainError => ({
  success: false,
  error: code,
  ...(isToken(id) && { message_id: id }),
  detail: detail(code),
})
