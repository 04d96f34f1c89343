import { expand, extract } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { SageError } from '../bytes/sage-error.js'

/** Bytes that HKDF-SHA256 gives at most: RFC 5869 §2.3. */
const MAX_LENGTH = 255 * 32

/** HKDF-Extract (RFC 5869 §2.2) with SHA-256: a pseudorandom key of 32 bytes. An empty `salt` stands for 32 zeros. */
export const hkdfExtract = (salt: Uint8Array, ikm: Uint8Array): Uint8Array => extract(sha256, ikm, salt)

/**
 * HKDF-Expand (RFC 5869 §2.3) with SHA-256: `length` bytes, 0 to 8160.
 * @throws SageError `internal` for another length
 */
export const hkdfExpand = (prk: Uint8Array, info: Uint8Array, length: number): Uint8Array => {
  if (!Number.isInteger(length) || length < 0 || length > MAX_LENGTH)
    throw new SageError('internal', `HKDF-SHA256 gives 0 to ${MAX_LENGTH} bytes`)
  return expand(sha256, prk, info, length)
}
