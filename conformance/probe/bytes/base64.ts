import { Refusal } from '../refusal.js'

// Node's decoder forgives everything; but a text is canonical exactly when encoding what it decodes to gives it back.
const parse = (text: string, alphabet: 'base64' | 'base64url'): Uint8Array => {
  const bytes = Buffer.from(text, alphabet)
  if (bytes.toString(alphabet) !== text) throw new Refusal('encoding', 'conventions.base64-canonical')
  return new Uint8Array(bytes)
}

const encode = (bytes: Uint8Array, alphabet: 'base64' | 'base64url'): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(alphabet)

/**
 * Bytes of a padded, canonical `b64` text (RFC 4648 §4).
 * @throws Refusal `encoding` on another alphabet, wrong padding, non-zero trailing bits or white space
 */
export const parseBase64 = (text: string): Uint8Array => parse(text, 'base64')

/**
 * Bytes of an unpadded, canonical `b64u` text (RFC 4648 §5).
 * @throws Refusal `encoding` on another alphabet, padding, non-zero trailing bits or white space
 */
export const parseBase64url = (text: string): Uint8Array => parse(text, 'base64url')

/** `b64` of any bytes, padded. */
export const encodeBase64 = (bytes: Uint8Array): string => encode(bytes, 'base64')

/** `b64u` of any bytes, unpadded. */
export const encodeBase64url = (bytes: Uint8Array): string => encode(bytes, 'base64url')
