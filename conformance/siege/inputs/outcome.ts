import { statusOf, type PlainErrorCode } from '../../../schemas/index.js'
import type { Input } from './input.js'

/** The members of an answer that tell what it is. */
export interface AnswerText {
  readonly success?: unknown
  readonly error?: unknown
  readonly kid?: unknown
  readonly message_id?: unknown
  readonly data?: unknown
}

/**
 * What an answer is, in one text. One that names another message than it answers is `misnamed`, and over HTTP one with
 * another status than its error has is `wrong status`.
 * @param status of HTTP, where there is one
 */
export const outcomeOf = (
  answer: AnswerText,
  { id, isBatch }: Pick<Input, 'id' | 'isBatch'>,
  status?: number,
): string => {
  const { success, error, kid, message_id } = answer
  if (message_id !== (isBatch === true ? undefined : id)) return `misnamed: ${String(message_id)}`
  if (typeof kid === 'string') {
    if (status !== undefined && status !== 200) return `wrong status: ${status}`
    return success === true ? 'opened:success' : `opened:${String(error)}`
  }
  if (success === true) return status === undefined || status === 200 ? 'handshake' : `wrong status: ${status}`
  if (status !== undefined && status !== statusOf(error as PlainErrorCode))
    return `wrong status: ${status} with ${String(error)}`
  return `plain:${String(error)}`
}
