import { isIllFormed, isJsonObject, type Json } from '../bytes/json.js'
import { Refusal } from '../refusal.js'

/**
 * JCS (RFC 8785): the canonical text of a JSON value. Strings and numbers are written as ECMAScript writes them, which
 * is what §3.2.2 asks for; names are sorted by their UTF-16 code units, §3.2.3.
 * @throws Refusal `encoding` on a lone surrogate and on a number that is not finite
 */
export const canonicalize = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalize).join(',')}]`
  if (isJsonObject(value)) {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${members.map(([name, member]) => `${canonicalize(name)}:${canonicalize(member)}`).join(',')}}`
  }
  if (typeof value === 'string' && isIllFormed(value)) throw new Refusal('encoding', 'jcs: lone surrogate')
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Refusal('encoding', 'jcs: number')
  return JSON.stringify(value)
}
