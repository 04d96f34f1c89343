import { createHash } from 'node:crypto'

const L = 2n ** 252n + 27742317777372353535851937790883648493n

const littleEndian = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)

const sha512 = (...hex: readonly string[]): Buffer => {
  const hash = createHash('sha512')
  for (const part of hex) hash.update(part, 'hex')
  return hash.digest()
}

/**
 * An Ed25519 signature, as hex, whose R is the identity in the given encoding: S = k·a, so that the equation holds with
 * r = 0. It tells the private key, which is one of a vector.
 */
export const withIdentityAsR = (privateKey: string, publicKey: string, message: string, r: string): string => {
  const scalar = sha512(privateKey).subarray(0, 32)
  scalar[0]! &= 0xf8
  scalar[31] = (scalar[31]! & 0x7f) | 0x40
  const s = (littleEndian(sha512(r, publicKey, message)) * littleEndian(scalar)) % L
  return r + reversed(s.toString(16).padStart(64, '0'))
}

const reversed = (hex: string): string => Buffer.from(hex, 'hex').reverse().toString('hex')

/** An Ed25519 signature, as hex, with the group order added to S: the same equation in another encoding. */
export const withOrderAdded = (signature: string): string => {
  const s = BigInt(`0x${reversed(signature.slice(64))}`) + L
  return signature.slice(0, 64) + reversed(s.toString(16).padStart(64, '0'))
}
