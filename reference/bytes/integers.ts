import { concat } from './concat.js'
import { SageError } from './sage-error.js'
import { encodeUtf8 } from './utf8.js'

// A view of a small array costs more than what it is for.
const scratch = new Uint8Array(8)
const scratchView = new DataView(scratch.buffer)

const check = (value: number, bits: number): void => {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** bits)
    throw new SageError('internal', `not an unsigned integer of ${bits} bits`)
}

/** One byte. @throws SageError `internal` when `value` does not fit */
export const u8 = (value: number): Uint8Array => {
  check(value, 8)
  return Uint8Array.of(value)
}

/** Two bytes, big-endian. @throws SageError `internal` when `value` does not fit */
export const be16 = (value: number): Uint8Array => {
  check(value, 16)
  return Uint8Array.of(value >>> 8, value)
}

/** Four bytes, big-endian. @throws SageError `internal` when `value` does not fit */
export const be32 = (value: number): Uint8Array => {
  check(value, 32)
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

/** Eight bytes, big-endian; a bigint, because a double loses integers above 2⁵³. @throws SageError `internal` */
export const be64 = (value: bigint): Uint8Array => {
  if (value < 0n || value >= 1n << 64n) throw new SageError('internal', 'not an unsigned integer of 64 bits')
  scratchView.setBigUint64(0, value)
  return scratch.slice()
}

/** The unsigned integer in the first eight bytes of `bytes`, which must be there. */
export const readBe64 = (bytes: Uint8Array): bigint => {
  for (let i = 0; i < 8; i++) scratch[i] = bytes[i]!
  return scratchView.getBigUint64(0)
}

/** `len16(s)`: the length of `s` in bytes (of UTF-8, for a text) as be16, then `s`. @throws SageError `internal` over 65535 */
export const len16 = (value: string | Uint8Array): Uint8Array => {
  const bytes = typeof value === 'string' ? encodeUtf8(value) : value
  return concat(be16(bytes.length), bytes)
}
