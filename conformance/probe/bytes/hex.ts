import { Refusal } from '../refusal.js'

/**
 * Bytes of a lower-case hex text.
 * @throws Refusal `encoding` on an odd length or any other character
 */
export const parseHex = (text: string): Uint8Array => {
  const bytes = Buffer.from(text, 'hex')
  if (bytes.toString('hex') !== text) throw new Refusal('encoding', 'hex')
  return new Uint8Array(bytes)
}

/** Lower-case hex of any bytes. */
export const encodeHex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
