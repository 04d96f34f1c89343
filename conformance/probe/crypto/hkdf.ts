import { concat, u8 } from '../bytes/framing.js'
import { Refusal } from '../refusal.js'
import { hmacSha256 } from './hash.js'

/** HKDF-Extract (RFC 5869 §2.2) with SHA-256: a pseudo-random key of 32 bytes. */
export const hkdfExtract = (salt: Uint8Array, ikm: Uint8Array): Uint8Array => hmacSha256(salt, ikm)

/**
 * HKDF-Expand (RFC 5869 §2.3) with SHA-256: `length` bytes.
 * @throws Refusal `length` over 255 blocks, which is 8160 bytes
 */
export const hkdfExpand = (prk: Uint8Array, info: Uint8Array, length: number): Uint8Array => {
  const blocks = Math.ceil(length / 32)
  if (blocks > 255) throw new Refusal('length', 'hkdf output')
  const okm = new Uint8Array(blocks * 32)
  let block: Uint8Array = new Uint8Array(0)
  for (let index = 0; index < blocks; index += 1) {
    block = hmacSha256(prk, concat(block, info, u8(index + 1)))
    okm.set(block, index * 32)
  }
  return okm.slice(0, length)
}
