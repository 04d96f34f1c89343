import { malformed } from './sage-error.js'

/** Is `value` a token: 1 to 128 of `A-Z a-z 0-9 . _ ~ : -`? */
export const isToken = (value: unknown): value is string =>
  typeof value === 'string' && /^[A-Za-z0-9._~:-]{1,128}$/.test(value)

/** Is `value` a task: 1 to 128 of the characters of a token, `/` and `@`? */
export const isTask = (value: unknown): value is string =>
  typeof value === 'string' && /^[A-Za-z0-9._~:/@-]{1,128}$/.test(value)

/**
 * A token: message id, context id, kid, nonce, stream id.
 * @throws SageError `malformed`
 */
export const parseToken = (text: string): string => {
  if (!isToken(text)) throw malformed('not a token')
  return text
}

/**
 * The name of a task.
 * @throws SageError `malformed`
 */
export const parseTask = (text: string): string => {
  if (!isTask(text)) throw malformed('not a task')
  return text
}
