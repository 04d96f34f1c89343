import { diffieHellman } from 'node:crypto'
import { Refusal } from '../refusal.js'
import { derivePublicKey, privateKeyObject, publicKeyObject } from './raw-key.js'

/** An X25519 key pair, 32 bytes each. */
export interface KeyPair {
  readonly privateKey: Uint8Array
  readonly publicKey: Uint8Array
}

/**
 * Public key of an X25519 private key, 32 bytes each.
 * @throws Refusal `length`
 */
export const deriveX25519PublicKey = (privateKey: Uint8Array): Uint8Array => derivePublicKey('X25519', privateKey)

/**
 * X25519 (RFC 7748 §5): 32 bytes from 32 and 32. Bit 255 of `publicKey` is masked and u ≥ p is taken modulo p.
 * @throws Refusal `length`, or `agreement` when the result is all zero (RFC 7748 §6.1)
 */
export const x25519 = (privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array => {
  const keys = { privateKey: privateKeyObject('X25519', privateKey), publicKey: publicKeyObject('X25519', publicKey) }
  let shared: Uint8Array
  try {
    shared = new Uint8Array(diffieHellman(keys))
  } catch (cause) {
    throw new Refusal('agreement', 'handshake.all-zero', { cause })
  }
  // OpenSSL refuses it too, but the rule is ours to keep.
  if (shared.every(byte => byte === 0)) throw new Refusal('agreement', 'handshake.all-zero')
  return shared
}

const anyScalar = Uint8Array.from({ length: 32 }, (_, index) => index)

/**
 * Does every private key agree on zero with this public key of 32 bytes? One stands for all: a clamped scalar is a
 * multiple of the cofactor, and this one is no multiple of a large subgroup's order. Never throws on 32 bytes.
 */
export const isLowOrder = (publicKey: Uint8Array): boolean => {
  try {
    x25519(anyScalar, publicKey)
    return false
  } catch (error) {
    if (error instanceof Refusal && error.layer === 'agreement') return true
    throw error
  }
}
