import { writeBase64Url } from '../bytes/base64.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { expandInto, Hmac } from '../crypto/hmac-states.js'
import { Sha256Stream } from '../crypto/sha256-stream.js'
import { sessionLabels } from './steps.js'

// The key schedule of session.md at the speed of its hash: the same formulas as in steps.ts, one after the other in buffers
// that are used anew. In compressions of SHA-256, which are what takes the time:
//
//   sid                          16 + 32 bytes and the padding: one block                                      1
//   sessionPrk                   two pads of the salt, a block of seed, a block of the inner hash              4
//   the key of both Expands      two pads of sessionPrk, once                                                  2
//   encryptKey, signingKey       20 + 1 bytes, then 32 + 20 + 1: one block each, and an outer one            2 + 2
//   c2sEnc                       24 + 1 bytes: one block, and an outer one                                     2
//   c2sSign, s2cEnc, s2cSign     32 + 24 + 1 bytes, and no room for the padding: two, and an outer one       3 + 3 + 3
//
// 22 for the block of 192 bytes. A 1.0 session needs neither the first Expand nor s2cSign: 15.

const [sidLabel, sessionKeys, directionalKeys] = [
  encodeUtf8(sessionLabels.sid),
  encodeUtf8(sessionLabels.sessionKeys),
  encodeUtf8(sessionLabels.directionalKeys),
]
const KEY_BYTES = 32
const SID_BYTES = 16
const SID_CHARACTERS = 22
/** Bytes of the first Expand, and of the second as far as a session needs it. */
const [PAIR_BYTES, UP_TO_S2C_ENC] = [2 * KEY_BYTES, 3 * KEY_BYTES]

/** Bytes of the six keys. */
export const BLOCK_BYTES = 192

/** Writes keys straight to where they are to be. Allocates nothing, and keeps nothing of a secret once it has written. */
export class KeyBlock {
  private readonly sid = new Uint8Array(SID_CHARACTERS)
  private readonly hashed = new Uint8Array(KEY_BYTES)
  private readonly keys = new Uint8Array(UP_TO_S2C_ENC)
  private readonly mac: Hmac

  constructor(private readonly hash: Sha256Stream = new Sha256Stream()) {
    this.mac = new Hmac(hash)
  }

  /** Writes all six keys (keys.block), 192 bytes from `at` on. `seed` (32 bytes) stays. */
  write(seed: Uint8Array, into: Uint8Array, at: number): void {
    this.takeSessionPrk(seed)
    expandInto(this.mac, sessionKeys, into, at, PAIR_BYTES)
    expandInto(this.mac, directionalKeys, into, at + PAIR_BYTES, BLOCK_BYTES - PAIR_BYTES)
    this.erase()
  }

  /** Writes the keys of a 1.0 session, `c2sEnc ‖ s2cEnc`, 64 bytes from `at` on. `seed` (32 bytes) stays. */
  writeTrafficKeys(seed: Uint8Array, into: Uint8Array, at: number): void {
    const { keys } = this
    this.takeSessionPrk(seed)
    expandInto(this.mac, directionalKeys, keys, 0, UP_TO_S2C_ENC)
    for (let byte = 0; byte < KEY_BYTES; byte++) {
      into[at + byte] = keys[byte]!
      into[at + KEY_BYTES + byte] = keys[2 * KEY_BYTES + byte]!
    }
    this.erase()
  }

  /** The key of the MAC is `sessionPrk` (keys.sid, keys.session-prk). */
  private takeSessionPrk(seed: Uint8Array): void {
    const { hash, hashed, sid, mac } = this
    hash.begin()
    hash.update(sidLabel)
    hash.update(seed)
    hash.finish(hashed)
    writeBase64Url(hashed, SID_BYTES, sid)
    mac.setKey(sid)
    mac.begin()
    mac.update(seed)
    mac.finish(hashed)
    mac.setKey(hashed)
  }

  private erase(): void {
    this.sid.fill(0)
    this.hashed.fill(0)
    this.keys.fill(0)
    this.mac.erase()
  }
}
