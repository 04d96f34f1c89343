import { isToken } from '../../probe/bytes/forms.js'
import { parseJsonObject, type Json, type JsonObject } from '../../probe/bytes/json.js'
import { canonicalize } from '../../probe/identity/jcs.js'

/** What a text says to somebody who reads it by the rules, as a text to compare; undefined where it cannot be read. */
export const readJson = (text: Uint8Array): JsonObject | undefined => {
  try {
    return parseJsonObject(text)
  } catch {
    return undefined
  }
}

const isEmptyObject = (value: Json | undefined): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0

/**
 * What a session message says, in one form: everything, for its record binds everything. Empty and absent `metadata` are the
 * same (messages.md).
 */
const meaningOfRequest = (message: JsonObject): string => {
  const { metadata, ...rest } = message
  return canonicalize(metadata === undefined || isEmptyObject(metadata) ? rest : message)
}

/** What a handshake message says to its signature: `id` and `role` are not under it, so that any that are valid are as good. */
const meaningOfHandshake = ({ id, role, ...rest }: JsonObject): string => {
  const isValid = typeof id === 'string' && isToken(id) && (role === undefined || role === 'user')
  return `${isValid} ${canonicalize(rest)}`
}

/** Do two messages of any kind mean the same? The oracle of a mutation: then, and only then, it does no harm. */
export const meansTheSame = (one: JsonObject, other: JsonObject): boolean => {
  const meaning = 'kid' in one ? meaningOfRequest : meaningOfHandshake
  return 'kid' in one === 'kid' in other && meaning(one) === meaning(other)
}
