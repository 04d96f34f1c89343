import { encodeBase64Url } from '../bytes/base64.js'
import { concat } from '../bytes/concat.js'
import { be64 } from '../bytes/integers.js'
import { pack } from '../bytes/pack.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import type { SessionParts } from './parts.js'

// The steps of session.md, one function each, with the names of its formulas.

/** The labels of the key schedule. */
export const sessionLabels = {
  sid: 'sage/hpke+e2e v1',
  sessionKeys: 'sage-session-keys-v1',
  directionalKeys: 'sage-directional-keys-v1',
} as const satisfies SessionLabels

/** Shape of {@link sessionLabels}. */
export interface SessionLabels {
  readonly sid: string
  readonly sessionKeys: string
  readonly directionalKeys: string
}

/** The six keys of a session, 32 bytes each. */
export interface SessionKeys {
  readonly encryptKey: Uint8Array
  readonly signingKey: Uint8Array
  readonly c2sEnc: Uint8Array
  readonly c2sSign: Uint8Array
  readonly s2cEnc: Uint8Array
  readonly s2cSign: Uint8Array
}

/** `sid` (keys.sid): 22 characters that name the session on both sides and are never sent. `seed` has 32 bytes. */
export const sid = (seed: Uint8Array, parts: SessionParts): string =>
  encodeBase64Url(parts.sha256(encodeUtf8(parts.sessionLabels.sid), seed).subarray(0, 16))

/** `sessionPrk` (keys.session-prk): 32 bytes, salted with the text of `sid`. */
export const sessionPrk = (sid: string, seed: Uint8Array, parts: SessionParts): Uint8Array =>
  parts.hkdfExtract(encodeUtf8(sid), seed)

/** `keys[0..192]` (keys.block). */
export const keyBlock = (sessionPrk: Uint8Array, parts: SessionParts): Uint8Array =>
  concat(
    parts.hkdfExpand(sessionPrk, encodeUtf8(parts.sessionLabels.sessionKeys), 64),
    parts.hkdfExpand(sessionPrk, encodeUtf8(parts.sessionLabels.directionalKeys), 128),
  )

/** The block of 192 bytes, cut into the six keys (keys.block). */
export const sliceKeys = (block: Uint8Array): SessionKeys => ({
  encryptKey: block.slice(0, 32),
  signingKey: block.slice(32, 64),
  c2sEnc: block.slice(64, 96),
  c2sSign: block.slice(96, 128),
  s2cEnc: block.slice(128, 160),
  s2cSign: block.slice(160, 192),
})

/** Additional data of a record (record.layout): the sequence number, then what the caller binds. */
export const recordAad = (seq: bigint, callerAad: Uint8Array): Uint8Array => pack('', be64(seq), callerAad)
