import { erase } from '../crypto/erase.js'
import { KeyBlock } from './key-block.js'
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

// The steps that a key block is made of. Where they are the specification's, so is its result without going through them.
const isAsSpecified = (parts: SessionParts): boolean =>
  parts.sid === sessionParts.sid &&
  parts.sessionPrk === sessionParts.sessionPrk &&
  parts.keyBlock === sessionParts.keyBlock &&
  parts.sliceKeys === sessionParts.sliceKeys &&
  parts.sessionLabels === sessionParts.sessionLabels &&
  parts.hkdfExtract === sessionParts.hkdfExtract &&
  parts.hkdfExpand === sessionParts.hkdfExpand &&
  parts.sha256 === sessionParts.sha256

const keyBlock = new KeyBlock()

/**
 * The keys of a session from its `seed` (32 bytes), straight into 64 bytes of `into` from `offset` on: `c2sEnc`, from initiator
 * to responder, and `s2cEnc`, the other way. The seed is erased with all the rest (keys.erasure). Allocates nothing.
 */
export const writeTrafficKeys = (
  seed: Uint8Array,
  into: Uint8Array,
  offset: number,
  parts: SessionParts = sessionParts,
): void => {
  if (isAsSpecified(parts)) keyBlock.writeTrafficKeys(seed, into, offset)
  else writeByTheSteps(seed, into, offset, parts)
  seed.fill(0)
}

const writeByTheSteps = (seed: Uint8Array, into: Uint8Array, offset: number, parts: SessionParts): void => {
  const { sid: _sid, ...secrets } = deriveKeySchedule(seed, parts)
  into.set(secrets.c2sEnc, offset)
  into.set(secrets.s2cEnc, offset + secrets.c2sEnc.length)
  erase(...Object.values(secrets))
}
