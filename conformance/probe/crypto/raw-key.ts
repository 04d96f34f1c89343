import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { encodeBase64url, parseBase64url } from '../bytes/base64.js'
import { concat } from '../bytes/framing.js'
import { encodeHex, parseHex } from '../bytes/hex.js'
import { Refusal } from '../refusal.js'

/** The two curves of SAGE, as RFC 8037 names them. */
export type Curve = 'Ed25519' | 'X25519'

// RFC 8410 §7: the PKCS #8 wrapping of a raw 32-byte private key, up to the key itself.
const pkcs8: Record<Curve, Uint8Array> = {
  Ed25519: parseHex('302e020100300506032b657004220420'),
  X25519: parseHex('302e020100300506032b656e04220420'),
}

// RFC 8037 §2 puts the public key into a private one, too. It is not known yet where one is derived, and Node does not look
// at it: any 32 bytes will do.
const ANY_X = encodeBase64url(new Uint8Array(32).fill(9))

/** A key object by the way of a JWK, an eighth of the time that OpenSSL takes to read PKCS #8. */
const readPrivateKey = (curve: Curve, raw: Uint8Array): KeyObject => {
  try {
    return createPrivateKey({ key: { kty: 'OKP', crv: curve, d: encodeBase64url(raw), x: ANY_X }, format: 'jwk' })
  } catch {
    // A Node that does compare them.
    return createPrivateKey({ key: Buffer.from(concat(pkcs8[curve], raw)), format: 'der', type: 'pkcs8' })
  }
}

/**
 * Refuses anything but `size` bytes.
 * @throws Refusal `length`
 */
export const requireSize = (bytes: Uint8Array, size: number, rule: string): void => {
  if (bytes.length !== size) throw new Refusal('length', rule)
}

/** A private key that was read, and its public key once that is known. */
interface KeptKey {
  readonly object: KeyObject
  publicKey?: Uint8Array
}

// Reading a private key takes as long as using it, and a check uses the same few again and again. They are a tester's: they protect nothing and may be kept.
const MAX_KEPT = 512
const kept = new Map<string, KeptKey>()

const keptKey = (curve: Curve, raw: Uint8Array): KeptKey => {
  requireSize(raw, 32, `${curve} private key`)
  const name = `${curve} ${encodeHex(raw)}`
  const known = kept.get(name)
  if (known) return known
  if (kept.size === MAX_KEPT) kept.clear()
  const key = { object: readPrivateKey(curve, raw) }
  kept.set(name, key)
  return key
}

/**
 * Key object of a raw private key of 32 bytes (for Ed25519, the seed).
 * @throws Refusal `length`
 */
export const privateKeyObject = (curve: Curve, raw: Uint8Array): KeyObject => keptKey(curve, raw).object

/**
 * Key object of a raw public key of 32 bytes, whatever point they stand for.
 * @throws Refusal `length`
 */
export const publicKeyObject = (curve: Curve, raw: Uint8Array): KeyObject => {
  requireSize(raw, 32, `${curve} public key`)
  return createPublicKey({ key: { kty: 'OKP', crv: curve, x: encodeBase64url(raw) }, format: 'jwk' })
}

/**
 * Raw public key of a raw private key, 32 bytes each.
 * @throws Refusal `length`
 */
export const derivePublicKey = (curve: Curve, raw: Uint8Array): Uint8Array => {
  const key = keptKey(curve, raw)
  key.publicKey ??= parseBase64url(createPublicKey(key.object).export({ format: 'jwk' }).x ?? '')
  return key.publicKey.slice()
}
