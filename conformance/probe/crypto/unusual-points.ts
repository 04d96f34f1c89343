import { parseHex } from '../bytes/hex.js'

// Writings of X25519 public keys that RFC 7748 §5 takes for another, more usual one.

/** The order of the base point (RFC 7748 §4.1). */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n

const inverse = (value: bigint): bigint => {
  let power = 1n
  for (let [base, exponent] = [value % ORDER, ORDER - 2n]; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) power = (power * base) % ORDER
    base = (base * base) % ORDER
  }
  return power
}

const littleEndian = (value: bigint): Uint8Array =>
  Uint8Array.from(parseHex(value.toString(16).padStart(64, '0'))).reverse()

const basePointScalar = (): bigint => {
  const eighth = inverse(8n)
  // A clamped scalar is eight times a number of 252 bits, and a point and its negative have the same coordinate.
  return 8n * (eighth < 2n ** 251n ? ORDER - eighth : eighth)
}

/** The private key, 32 bytes, whose public key is the base point: the one key with a second writing at or above 2²⁵⁵−19 that is known. */
export const BASE_POINT_KEY: Uint8Array = littleEndian(basePointScalar())

/** The base point with its coordinate written as p + 9. */
export const BASE_POINT_ABOVE_P: Uint8Array = littleEndian(2n ** 255n - 10n)

/** The same point, with bit 255 set. */
export const withHighBit = (publicKey: Uint8Array): Uint8Array => publicKey.with(31, (publicKey[31] ?? 0) | 0x80)
