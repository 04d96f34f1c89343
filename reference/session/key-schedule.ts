import { erase } from '../crypto/erase.js'
import { sessionParts, type SessionParts } from './parts.js'
import type { SessionKeys } from './steps.js'

/** Every value of the key schedule. */
export interface KeySchedule extends SessionKeys {
  readonly sid: string
  readonly sessionPrk: Uint8Array
}

/** The key schedule of session.md from `seed` (32 bytes), with every step; for vectors and for the role-less pair. */
export const deriveKeySchedule = (seed: Uint8Array, parts: SessionParts = sessionParts): KeySchedule => {
  const sid = parts.sid(seed, parts)
  const sessionPrk = parts.sessionPrk(sid, seed, parts)
  const block = parts.keyBlock(sessionPrk, parts)
  const keys = parts.sliceKeys(block)
  erase(block)
  return { sid, sessionPrk, ...keys }
}

/** What a 1.0 session keeps: its name and one key of 32 bytes for each direction. */
export interface TrafficKeys {
  readonly sid: string
  /** From initiator to responder. */
  readonly c2sEnc: Uint8Array
  /** From responder to initiator. */
  readonly s2cEnc: Uint8Array
}

/** The keys of a session, from its `seed` (32 bytes), which is erased with all the rest (keys.erasure). */
export const deriveTrafficKeys = (seed: Uint8Array, parts: SessionParts = sessionParts): TrafficKeys => {
  const { sid, c2sEnc, s2cEnc, ...unused } = deriveKeySchedule(seed, parts)
  erase(seed, ...Object.values(unused))
  return { sid, c2sEnc, s2cEnc }
}

/** As {@link deriveTrafficKeys}, straight into 64 bytes of `into` from `offset` on: `c2sEnc ‖ s2cEnc`. */
export const writeTrafficKeys = (
  seed: Uint8Array,
  into: Uint8Array,
  offset: number,
  parts: SessionParts = sessionParts,
): void => {
  const { c2sEnc, s2cEnc } = deriveTrafficKeys(seed, parts)
  into.set(c2sEnc, offset)
  into.set(s2cEnc, offset + c2sEnc.length)
  erase(c2sEnc, s2cEnc)
}
