import { SageError } from '../bytes/sage-error.js'
import { Hmac, hmacSha256, TAG_BYTES } from './hmac.js'

/** Bytes that HKDF-SHA256 gives at most: RFC 5869 §2.3. */
const MAX_LENGTH = 255 * TAG_BYTES

/** HKDF-Extract (RFC 5869 §2.2) with SHA-256: a pseudorandom key of 32 bytes. An empty `salt` stands for 32 zeros. */
export const hkdfExtract = (salt: Uint8Array, ikm: Uint8Array): Uint8Array => hmacSha256(salt, ikm)

/** The counters of the blocks, one byte each: a message is made of bytes in arrays. */
const counters = Uint8Array.from({ length: 256 }, (_, counter) => counter)

/**
 * HKDF-Expand (RFC 5869 §2.3) with SHA-256 under the key that `mac` has, straight into `length` bytes of `into` from `at` on.
 * The key stays. Allocates nothing.
 */
export const expandInto = (mac: Hmac, info: Uint8Array, into: Uint8Array, at: number, length: number): void => {
  for (let done = 0, counter = 1; done < length; done += TAG_BYTES, counter++) {
    mac.begin()
    if (done > 0) mac.update(into, at + done - TAG_BYTES, at + done)
    mac.update(info)
    mac.update(counters, counter, counter + 1)
    mac.finish(into, at + done, Math.min(TAG_BYTES, length - done))
  }
}

const expander = new Hmac()

/**
 * HKDF-Expand (RFC 5869 §2.3) with SHA-256: `length` bytes, 0 to 8160.
 * @throws SageError `internal` for another length
 */
export const hkdfExpand = (prk: Uint8Array, info: Uint8Array, length: number): Uint8Array => {
  if (!Number.isInteger(length) || length < 0 || length > MAX_LENGTH)
    throw new SageError('internal', `HKDF-SHA256 gives 0 to ${MAX_LENGTH} bytes`)
  const okm = new Uint8Array(length)
  expander.setKey(prk)
  expandInto(expander, info, okm, 0, length)
  expander.erase()
  return okm
}
