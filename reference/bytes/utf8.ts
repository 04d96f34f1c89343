import { malformed } from './sage-error.js'

const encoder = new TextEncoder()
// A byte order mark is kept, so that the parsers see it and refuse it.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** UTF-8 bytes of `text`. */
export const encodeUtf8 = (text: string): Uint8Array => encoder.encode(text)

/**
 * Text of UTF-8 bytes (RFC 3629): no overlong form, no surrogate, no truncation.
 * @throws SageError `malformed`
 */
export const parseUtf8 = (bytes: Uint8Array): string => {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw malformed('not UTF-8', { cause })
  }
}

/** Does `text` hold a surrogate without its partner, which no UTF-8 can carry? */
export const hasLoneSurrogate = (text: string): boolean => !text.isWellFormed()
