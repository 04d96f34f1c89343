import { createHash } from 'node:crypto'

/** SHA-256 (FIPS 180-4) over the parts, one after the other: 32 bytes. */
export const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => {
  // Records reach megabytes: here OpenSSL is an order of magnitude faster than JavaScript.
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return Uint8Array.from(hash.digest())
}
