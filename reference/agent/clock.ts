import { randomFillSync } from 'node:crypto'
import { encodeHex } from '../bytes/hex.js'

/** The time, as it is passed in. Tests bring their own. */
export interface Clock {
  /** Nanoseconds since 1970, as the wall has it. */
  now(): bigint
  /** Milliseconds of a clock that never goes back. */
  monotonic(): number
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => BigInt(Date.now()) * 1_000_000n,
  monotonic: () => performance.now(),
}

/** `length` random bytes, as they are passed in. Vectors and recordings bring their own. */
export type Entropy = (length: number) => Uint8Array

/** Bytes of a nonce or of a name at most. */
const MAX_POOLED = 16

const drawn = new Uint8Array(4096)
let used = drawn.length

/**
 * The random bytes of this machine. A draw takes longer than a small record takes to be sealed: nonces and names come out of
 * one draw for hundreds, which forgets what it has given away. Keys are drawn alone, when they are wanted.
 */
export const systemEntropy: Entropy = length => {
  if (length > MAX_POOLED) return randomFillSync(new Uint8Array(length))
  if (used + length > drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  const bytes = drawn.slice(used, used + length)
  drawn.fill(0, used, used + length)
  used += length
  return bytes
}

/** 32 random bits. */
export const randomUint32 = (entropy: Entropy): number => Buffer.from(entropy(4)).readUInt32LE()

/** A version 4 UUID (RFC 9562 §5.4). */
export const randomUuid = (entropy: Entropy): string => {
  const bytes = entropy(16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = encodeHex(bytes)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
