import canonicalize from 'canonicalize'
import { malformed } from '../bytes/sage-error.js'

// The package declares an ES default export and has none: what is imported is the function itself.
const serialize = canonicalize as unknown as (value: unknown) => string | undefined

// Half of a surrogate pair, as JSON.stringify writes it: an escape, and not a backslash that is itself escaped.
const HALF_PAIR = /(?:^|[^\\])(?:\\\\)*\\ud[89a-f]/

/**
 * The canonical text (RFC 8785) of a value of JSON, nested no deeper than the parsers let it.
 * @throws SageError `malformed` for what I-JSON cannot say: half of a surrogate pair, a number that is not finite, no value
 */
export const canonicalJson = (value: unknown): string => {
  let text: string | undefined
  try {
    text = serialize(value)
  } catch (cause) {
    throw malformed('not I-JSON', { cause })
  }
  if (text === undefined || HALF_PAIR.test(text)) throw malformed('not I-JSON')
  return text
}
