import * as node from 'node:crypto'
import { encodeHex } from '../bytes/hex.js'
import { Refusal } from '../refusal.js'
import { derivePublicKey, privateKeyObject, publicKeyObject } from './raw-key.js'

// RFC 8032 §5.1: the curve -x² + y² = 1 + d·x²·y² over the integers modulo p.
const p = 2n ** 255n - 19n
const d = 37095705934669439343138083508754565189542113879843219016388785533085940283555n

const isZero = (value: bigint): boolean => value % p === 0n

const isSquare = (value: bigint): boolean => {
  // Euler's criterion: a non-zero square raised to (p-1)/2 is 1.
  let [base, result] = [((value % p) + p) % p, 1n]
  for (let exponent = (p - 1n) / 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % p
    base = (base * base) % p
  }
  return result <= 1n
}

/** Why SAGE does not admit an Ed25519 public key. */
export type KeyFault = 'length' | 'identity.key-canonical' | 'identity.key-small-order' | 'not on the curve'

/** What is wrong with an Ed25519 public key, if anything. Never throws. */
export const ed25519KeyFault = (bytes: Uint8Array): KeyFault | undefined => {
  if (bytes.length !== 32) return 'length'
  const encoded = BigInt(`0x${encodeHex(bytes.slice().reverse())}`)
  const [sign, y] = [encoded >> 255n, encoded & (2n ** 255n - 1n)]
  const y2 = (y * y) % p
  // y = ±1 is where x = 0.
  const isPole = isZero(y2 - 1n)
  if (y >= p || (isPole && sign === 1n)) return 'identity.key-canonical'
  // Order 1 or 2: the poles. Order 4: y = 0. Order 8: doubling gives y = 0, that is x² = -y², so that the curve's
  // equation becomes d·y⁴ + 2·y² - 1 = 0.
  if (isPole || isZero(y) || isZero(d * y2 * y2 + 2n * y2 - 1n)) return 'identity.key-small-order'
  // x² = (y² - 1) / (d·y² + 1), and a quotient is a square exactly when the product is.
  return isSquare((y2 - 1n) * (d * y2 + 1n)) ? undefined : 'not on the curve'
}

// A run meets few keys, each of them thousands of times.
const MAX_KEPT = 512
const admitted = new Set<string>()

const isAdmitted = (publicKey: Uint8Array): boolean => {
  const name = encodeHex(publicKey)
  if (admitted.has(name)) return true
  if (ed25519KeyFault(publicKey)) return false
  if (admitted.size === MAX_KEPT) admitted.clear()
  admitted.add(name)
  return true
}

/**
 * The public key itself, admitted: 32 bytes, a canonical encoding, of a point on the curve, not of small order.
 * @throws Refusal `key` with a {@link KeyFault} as its rule
 */
export const parseEd25519PublicKey = (bytes: Uint8Array): Uint8Array => {
  if (isAdmitted(bytes)) return bytes
  throw new Refusal('key', ed25519KeyFault(bytes) ?? 'not on the curve')
}

/**
 * Public key of a private key (the seed), 32 bytes each.
 * @throws Refusal `length`
 */
export const deriveEd25519PublicKey = (privateKey: Uint8Array): Uint8Array => derivePublicKey('Ed25519', privateKey)

/**
 * Ed25519 signature (RFC 8032 §5.1.6) of 64 bytes by a private key of 32 bytes, the seed.
 * @throws Refusal `length`
 */
export const signEd25519 = (privateKey: Uint8Array, message: Uint8Array): Uint8Array =>
  new Uint8Array(node.sign(null, message, privateKeyObject('Ed25519', privateKey)))

/**
 * Does the signature of 64 bytes verify, cofactorless and with S < L, under a public key that SAGE admits? Never throws.
 */
export const isEd25519Signature = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
  isAdmitted(publicKey) &&
  signature.length === 64 &&
  node.verify(null, message, publicKeyObject('Ed25519', publicKey), signature)
