import { sign, verify } from 'node:crypto'
import { encodeHex } from '../bytes/hex.js'
import { SageError } from '../bytes/sage-error.js'
import { exportPublicKey, importPrivateKey, importPublicKey, type PrivateKey } from './raw-key.js'

const P = 2n ** 255n - 19n
/** Order of the base point, RFC 8032 §5.1. */
const L = 2n ** 252n + 27742317777372353535851937790883648493n

const littleEndian = (bytes: Uint8Array): bigint => BigInt(`0x${encodeHex(Uint8Array.from(bytes).reverse())}`)

// The y-coordinates of the eight points whose order divides 8; both signs of x belong to points of that kind. With
// y = 1 and y = -1 the encodings of x = 0 with the sign bit are refused too.
const order8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n
const smallOrder: ReadonlySet<bigint> = new Set([0n, 1n, P - 1n, order8, P - order8])

/**
 * A public key of Ed25519: 32 bytes, canonical and not of small order. Under a key of small order one signature passes
 * for every message. Bytes that are no point of the curve pass here, and verify nothing.
 * @throws SageError `authentication_failed`
 */
export const parseEd25519PublicKey = (bytes: Uint8Array): Uint8Array => {
  const y = bytes.length === 32 ? littleEndian(bytes) & ((1n << 255n) - 1n) : P
  if (y >= P || smallOrder.has(y)) throw new SageError('authentication_failed', 'not an acceptable Ed25519 public key')
  return Uint8Array.from(bytes)
}

/** The public key (32 bytes) of a private key (the 32-byte seed of RFC 8032 §5.1.5). */
export const ed25519PublicKey = (privateKey: Uint8Array): Uint8Array =>
  exportPublicKey(importPrivateKey('Ed25519', privateKey))

/** Ed25519 signature (RFC 8032 §5.1.6, 64 bytes) of `message` under a private key (the 32-byte seed, or imported). */
export const signEd25519 = (privateKey: PrivateKey, message: Uint8Array): Uint8Array =>
  Uint8Array.from(sign(null, message, importPrivateKey('Ed25519', privateKey)))

/**
 * Is `signature` that of `message` under `publicKey` (as parsed by {@link parseEd25519PublicKey})? Cofactorless, S < L
 * (RFC 8032 §5.1.7). Never throws.
 */
export const isEd25519Signature = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
  publicKey.length === 32 &&
  signature.length === 64 &&
  littleEndian(signature.subarray(32)) < L &&
  verify(null, message, importPublicKey('Ed25519', publicKey), signature)
