import { randomBytes } from 'node:crypto'

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

/** The random bytes of this machine. */
export const systemEntropy: Entropy = length => Uint8Array.from(randomBytes(length))

/** A version 4 UUID (RFC 9562 §5.4). */
export const randomUuid = (entropy: Entropy): string => {
  const bytes = entropy(16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
