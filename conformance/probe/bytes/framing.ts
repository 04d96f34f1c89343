import { encodeUtf8 } from './utf8.js'

// Unsigned big-endian integers, lengths and concatenation. These serve builders, and a tester's builder refuses nothing:
// a number too large for its field keeps its low bits.

const written = (size: number, write: (view: DataView) => void): Uint8Array => {
  const bytes = new Uint8Array(size)
  write(new DataView(bytes.buffer))
  return bytes
}

/** One byte: 1 for true. */
export const u8 = (value: number | boolean): Uint8Array => written(1, view => view.setUint8(0, Number(value)))

/** Two bytes. */
export const be16 = (value: number): Uint8Array => written(2, view => view.setUint16(0, value))

/** Four bytes. */
export const be32 = (value: number): Uint8Array => written(4, view => view.setUint32(0, value))

/** Eight bytes. */
export const be64 = (value: bigint): Uint8Array => written(8, view => view.setBigUint64(0, value))

/** The integer in the first eight bytes of `bytes`, which has at least eight. */
export const readBe64 = (bytes: Uint8Array): bigint =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0)

/** The parts, one after the other, in fresh memory. */
export const concat = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** be16(length in bytes) ‖ bytes, of a text as UTF-8. */
export const len16 = (text: string): Uint8Array => {
  const bytes = encodeUtf8(text)
  return concat(be16(bytes.length), bytes)
}
