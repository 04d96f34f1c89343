// The error registry (errors.md): stated once here, read by both stacks, checked against the table in the prose.

/** One row of the registry. */
export interface ErrorRow {
  /** HTTP status of the plain form; undefined where there is no plain form. */
  readonly status?: number
  /** May it be sent inside a record, with HTTP 200? */
  readonly authenticated: boolean
}

/** Every `error` of SAGE 1.0. */
export const errorTable = {
  malformed: { status: 400, authenticated: true },
  authentication_failed: { status: 401, authenticated: false },
  session_unknown: { status: 401, authenticated: false },
  task_unsupported: { status: 404, authenticated: true },
  method_not_allowed: { status: 405, authenticated: false },
  payload_too_large: { status: 413, authenticated: true },
  unsupported_media_type: { status: 415, authenticated: false },
  rate_limited: { status: 429, authenticated: false },
  internal: { status: 500, authenticated: true },
  unavailable: { status: 503, authenticated: false },
  encoding_unsupported: { authenticated: true },
  stream_violation: { authenticated: true },
  cancelled: { authenticated: true },
  application_failed: { authenticated: true },
} as const satisfies Record<string, ErrorRow>

/** A code of the registry. */
export type ErrorCode = keyof typeof errorTable

/** The codes that a plain error may carry. */
export type PlainErrorCode = {
  [Code in ErrorCode]: (typeof errorTable)[Code] extends { status: number } ? Code : never
}[ErrorCode]

/** The codes that a record may carry. */
export type AuthenticatedErrorCode = {
  [Code in ErrorCode]: (typeof errorTable)[Code]['authenticated'] extends true ? Code : never
}[ErrorCode]

const codes = Object.keys(errorTable) as ErrorCode[]

/** The codes that a plain error may carry, in the order of the registry. */
export const plainErrorCodes = codes.filter((code): code is PlainErrorCode => 'status' in errorTable[code])

/** The codes that a record may carry, in the order of the registry. */
export const authenticatedErrorCodes = codes.filter(
  (code): code is AuthenticatedErrorCode => errorTable[code].authenticated,
)

/** HTTP status of a plain error. */
export const statusOf = (code: PlainErrorCode): number => errorTable[code].status
