import { encodeBase64url, encodeBase64 } from '../bytes/base64.js'
import { concat } from '../bytes/framing.js'
import { encodeHex } from '../bytes/hex.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { sha256 } from '../crypto/hash.js'
import { hkdfExpand, hkdfExtract } from '../crypto/hkdf.js'
import { honestKeySteps, type KeySteps } from '../session/keys.js'

// What implementers get wrong between the seed and the keys of a session. Most of these stand beside the true values in
// vectors/key-schedule.json too.

const honest = honestKeySteps
const sidHash = (seed: Uint8Array): Uint8Array => sha256(concat(encodeUtf8('sage/hpke+e2e v1'), seed))

/** Each mistake by the sentence that names it: the steps that it makes otherwise. */
export const keyMistakes: Readonly<Record<string, Partial<KeySteps>>> = {
  'the 16 bytes that sid encodes for the salt, not the text of sid': {
    sessionPrk: (_sid, seed) => hkdfExtract(sidHash(seed).subarray(0, 16), seed),
  },
  'salt and ikm exchanged in the Extract of sessionPrk': {
    sessionPrk: (sid, seed) => hkdfExtract(seed, encodeUtf8(sid)),
  },
  'no salt in the Extract of sessionPrk': { sessionPrk: (_sid, seed) => hkdfExtract(new Uint8Array(0), seed) },
  'seed taken for sessionPrk': { sessionPrk: (_sid, seed) => seed },
  'sid in hex': { sid: seed => encodeHex(sidHash(seed).subarray(0, 16)) },
  'sid made of all 32 bytes of the hash': { sid: seed => encodeBase64url(sidHash(seed)) },
  'sid in base64 with padding': { sid: seed => encodeBase64(sidHash(seed).subarray(0, 16)) },
  'seed before the label in the hash of sid': {
    sid: seed => encodeBase64url(sha256(concat(seed, encodeUtf8('sage/hpke+e2e v1'))).subarray(0, 16)),
  },
  '"sage/hpke+e2e|v1" in the place of the label of sid': {
    sid: seed => encodeBase64url(sha256(concat(encodeUtf8('sage/hpke+e2e|v1'), seed)).subarray(0, 16)),
  },
  '"sage-directional-key-v1" in the place of the label of the directional keys': {
    directional: prk => hkdfExpand(prk, encodeUtf8('sage-directional-key-v1'), 128),
  },
  'one Expand over 192 bytes with the label of the first two keys': {
    directional: prk => hkdfExpand(prk, encodeUtf8('sage-session-keys-v1'), 192).slice(64),
  },
  'one Expand over 192 bytes with the label of the directional keys': {
    directional: prk => hkdfExpand(prk, encodeUtf8('sage-directional-keys-v1'), 192).slice(64),
  },
  'a second Extract before the directional keys': {
    directional: prk => honest.directional(hkdfExtract(new Uint8Array(0), prk)),
  },
}
