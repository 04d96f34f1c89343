import { malformed } from './sage-error.js'

type Encoding = 'base64' | 'base64url'

const encode = (bytes: Uint8Array, encoding: Encoding): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(encoding)

// Node's decoder forgives everything, so what it read is written again: only the canonical text comes back unchanged.
const parse = (text: string, encoding: Encoding, length?: number): Uint8Array => {
  const decoded = Buffer.from(text, encoding)
  if (decoded.toString(encoding) !== text) throw malformed(`not canonical ${encoding}`)
  if (length !== undefined && decoded.length !== length) throw malformed(`not ${length} bytes of ${encoding}`)
  return new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.byteLength)
}

/** `b64` of conventions.md: RFC 4648 §4, padded. */
export const encodeBase64 = (bytes: Uint8Array): string => encode(bytes, 'base64')

/** `b64u` of conventions.md: RFC 4648 §5, without padding. */
export const encodeBase64Url = (bytes: Uint8Array): string => encode(bytes, 'base64url')

/**
 * Bytes of a padded base64 text in its one canonical form, of exactly `length` bytes where that is given.
 * @throws SageError `malformed`
 */
export const parseBase64 = (text: string, length?: number): Uint8Array => parse(text, 'base64', length)

/**
 * Bytes of an unpadded base64url text in its one canonical form, of exactly `length` bytes where that is given.
 * @throws SageError `malformed`
 */
export const parseBase64Url = (text: string, length?: number): Uint8Array => parse(text, 'base64url', length)

const alphabet = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')

/**
 * As {@link encodeBase64Url}, of the first `count` bytes, as ASCII straight into `into`: 4 characters for 3 bytes, 2 or 3 for
 * what is left. Allocates nothing, and no text of a secret stays behind.
 */
export const writeBase64Url = (bytes: Uint8Array, count: number, into: Uint8Array): void => {
  let [at, bits, waiting] = [0, 0, 0]
  for (let byte = 0; byte < count; byte++) {
    bits = ((bits & 0x3f) << 8) | bytes[byte]!
    for (waiting += 8; waiting >= 6; waiting -= 6) into[at++] = alphabet[(bits >> (waiting - 6)) & 0x3f]!
  }
  if (waiting > 0) into[at] = alphabet[(bits << (6 - waiting)) & 0x3f]!
}
