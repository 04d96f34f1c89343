import { malformed } from './sage-error.js'

/** Lower-case hex of `bytes`. */
export const encodeHex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')

/**
 * Bytes of a lower-case hex text, of exactly `length` bytes where that is given.
 * @throws SageError `malformed`
 */
export const parseHex = (text: string, length?: number): Uint8Array => {
  const bytes = Uint8Array.from(Buffer.from(text, 'hex'))
  if (encodeHex(bytes) !== text) throw malformed('not lower-case hex')
  if (length !== undefined && bytes.length !== length) throw malformed(`not ${length} bytes of hex`)
  return bytes
}
