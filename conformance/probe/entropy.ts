import { be64, concat } from './bytes/framing.js'
import { encodeHex } from './bytes/hex.js'
import { encodeUtf8 } from './bytes/utf8.js'
import { hmacSha256 } from './crypto/hash.js'
import { hkdfExpand, hkdfExtract } from './crypto/hkdf.js'

/** Gives the next `length` bytes of a stream. */
export type Entropy = (length: number) => Uint8Array

/**
 * A deterministic, endless stream of bytes for one check, so that a run can be repeated byte for byte:
 *
 *     key    = HKDF-Expand(HKDF-Extract(salt = empty, ikm = seed ‖ runSalt), info = utf8(label), 32)
 *     stream = HMAC-SHA256(key, be64(0)) ‖ HMAC-SHA256(key, be64(1)) ‖ …
 *
 * Each call takes the bytes after those of the call before, so the split into calls changes nothing.
 */
export const createEntropy = (seed: Uint8Array, runSalt: Uint8Array, label: string): Entropy => {
  const key = hkdfExpand(hkdfExtract(new Uint8Array(0), concat(seed, runSalt)), encodeUtf8(label), 32)
  let counter = 0n
  let rest: Uint8Array = new Uint8Array(0)
  return length => {
    const blocks = [rest]
    for (let available = rest.length; available < length; available += 32) {
      blocks.push(hmacSha256(key, be64(counter)))
      counter += 1n
    }
    const bytes = concat(...blocks)
    rest = bytes.slice(length)
    return bytes.slice(0, length)
  }
}

/** A version 4 UUID (RFC 9562 §5.4) of the next 16 bytes. */
export const createUuid = (entropy: Entropy): string => {
  const bytes = entropy(16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return encodeHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
