import { encodeBase64url } from '../bytes/base64.js'
import { concat } from '../bytes/framing.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { sha256 } from '../crypto/hash.js'
import { hkdfExpand, hkdfExtract } from '../crypto/hkdf.js'

/** The key schedule of one session: the text `sid` of 22 characters, everything else 32 bytes. */
export interface SessionKeys {
  readonly sid: string
  readonly sessionPrk: Uint8Array
  /** Role-less pair of the deployed API. */
  readonly encryptKey: Uint8Array
  readonly signingKey: Uint8Array
  /** What the initiator seals with. */
  readonly c2sEnc: Uint8Array
  readonly c2sSign: Uint8Array
  /** What the responder seals with. */
  readonly s2cEnc: Uint8Array
  readonly s2cSign: Uint8Array
}

/** The derivations of the key schedule, one by one, so that each can be made in a mistaken way. */
export interface KeySteps {
  readonly sid: (seed: Uint8Array) => string
  readonly sessionPrk: (sid: string, seed: Uint8Array) => Uint8Array
  /** 64 bytes: encryptKey ‖ signingKey. */
  readonly pair: (sessionPrk: Uint8Array) => Uint8Array
  /** 128 bytes: c2sEnc ‖ c2sSign ‖ s2cEnc ‖ s2cSign. */
  readonly directional: (sessionPrk: Uint8Array) => Uint8Array
}

/** The steps of the protocol. */
export const honestKeySteps: KeySteps = {
  sid: seed => encodeBase64url(sha256(concat(encodeUtf8('sage/hpke+e2e v1'), seed)).subarray(0, 16)),
  sessionPrk: (sid, seed) => hkdfExtract(encodeUtf8(sid), seed),
  pair: sessionPrk => hkdfExpand(sessionPrk, encodeUtf8('sage-session-keys-v1'), 64),
  directional: sessionPrk => hkdfExpand(sessionPrk, encodeUtf8('sage-directional-keys-v1'), 128),
}

/** All keys of the session that the 32 bytes of `seed` stand for, by the `steps` of the protocol or by mistaken ones. */
export const deriveSessionKeys = (seed: Uint8Array, steps = honestKeySteps): SessionKeys => {
  const sid = steps.sid(seed)
  const sessionPrk = steps.sessionPrk(sid, seed)
  const pair = steps.pair(sessionPrk)
  const directional = steps.directional(sessionPrk)
  return {
    sid,
    sessionPrk,
    encryptKey: pair.slice(0, 32),
    signingKey: pair.slice(32, 64),
    c2sEnc: directional.slice(0, 32),
    c2sSign: directional.slice(32, 64),
    s2cEnc: directional.slice(64, 96),
    s2cSign: directional.slice(96, 128),
  }
}
