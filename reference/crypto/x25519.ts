import { diffieHellman } from 'node:crypto'
import { encodeHex } from '../bytes/hex.js'
import { authenticationFailed } from '../bytes/sage-error.js'
import { exportPublicKey, importPrivateKey, importPublicKey, type PrivateKey } from './raw-key.js'

/** A key pair of X25519, 32 bytes each; the private one may be imported. */
export interface KeyPair {
  readonly privateKey: PrivateKey
  readonly publicKey: Uint8Array
}

/** The public key (32 bytes) of a private key (32 bytes, clamped as in RFC 7748 §5). */
export const x25519PublicKey = (privateKey: PrivateKey): Uint8Array =>
  exportPublicKey(importPrivateKey('X25519', privateKey))

/** A private key, imported, with its public one. */
export const x25519KeyPair = (privateKey: Uint8Array): KeyPair => {
  const imported = importPrivateKey('X25519', privateKey)
  return { privateKey: imported, publicKey: exportPublicKey(imported) }
}

/**
 * X25519 (RFC 7748 §5) of 32-byte keys: a shared secret of 32 bytes. Bit 255 of `publicKey` is masked and a coordinate
 * of p or more is taken modulo p, as the RFC has it.
 * @throws SageError `authentication_failed` when the result is all zero: a public key of small order
 */
export const x25519 = (privateKey: PrivateKey, publicKey: Uint8Array): Uint8Array => {
  const keys = { privateKey: importPrivateKey('X25519', privateKey), publicKey: importPublicKey('X25519', publicKey) }
  let secret: Uint8Array
  try {
    secret = Uint8Array.from(diffieHellman(keys))
  } catch (cause) {
    // OpenSSL refuses the all-zero result itself (RFC 7748 §6.1).
    throw authenticationFailed({ cause })
  }
  if (secret.every(byte => byte === 0)) throw authenticationFailed()
  return secret
}

// The u-coordinates of order 1, 2, 4 and 8 on the curve and its twist, little-endian, with p and p + 1, which stand for
// 0 and 1 once more.
const smallOrder: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
])

/** Would X25519 with this public key (32 bytes) give all zeros for every private key? */
export const isSmallOrderX25519 = (publicKey: Uint8Array): boolean => {
  const masked = Uint8Array.from(publicKey)
  masked[31]! &= 0x7f
  return smallOrder.has(encodeHex(masked))
}
