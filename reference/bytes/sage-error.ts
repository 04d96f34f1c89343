import type { ErrorCode } from '../../schemas/index.js'

/** A code of the protocol's error registry: what one agent may tell another (errors.md). */
export type WireErrorCode = ErrorCode

/** What only the caller of this library sees; the README of this room says when, and what to do about each. */
export const localErrorCodes = [
  'configuration',
  'peer_rejected',
  'unreachable',
  'connection_lost',
  'timeout',
  'aborted',
  'session_closed',
  'outcome_unknown',
] as const

/** One of {@link localErrorCodes}. */
export type LocalErrorCode = (typeof localErrorCodes)[number]

/** Every code that a {@link SageError} carries. */
export type SageErrorCode = WireErrorCode | LocalErrorCode

/**
 * The one error of this library. Branch on `code`; `message` is for people and never repeats what a peer sent, so it
 * may be logged. `cause` holds what was caught, where something was.
 */
export class SageError extends Error {
  override readonly name = 'SageError'
  readonly code: SageErrorCode

  constructor(code: SageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Is this a {@link SageError}, and, where `code` is given, one with that code? */
export const isSageError = (error: unknown, code?: SageErrorCode): error is SageError =>
  error instanceof SageError && (code === undefined || error.code === code)

/** The refusal of a text or of bytes that do not have their form. */
export const malformed = (message: string, options?: ErrorOptions): SageError =>
  new SageError('malformed', message, options)

/** The one refusal for every failure of identity, signature, freshness, replay, agreement or record. */
export const authenticationFailed = (options?: ErrorOptions): SageError =>
  new SageError('authentication_failed', 'authentication failed', options)
