import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { encodeBase64Url, parseBase64Url } from '../bytes/base64.js'
import { concat } from '../bytes/concat.js'
import { parseHex } from '../bytes/hex.js'
import { equal } from './equal.js'

/** A curve of RFC 7748 or RFC 8032 with keys of 32 bytes. */
export type Curve = 'X25519' | 'Ed25519'

/** The key object of a public key of 32 bytes. */
export const importPublicKey = (crv: Curve, publicKey: Uint8Array): KeyObject =>
  createPublicKey({ key: { kty: 'OKP', crv, x: encodeBase64Url(publicKey) }, format: 'jwk' })

/** The 32 bytes of a public key, or of the public half of a private one. */
export const exportPublicKey = (key: KeyObject): Uint8Array => parseBase64Url(key.export({ format: 'jwk' }).x!, 32)

// RFC 8410 §7: the frame around the 32 bytes of a private key.
const pkcs8Frame: Readonly<Record<Curve, Uint8Array>> = {
  X25519: parseHex('302e020100300506032b656e04220420'),
  Ed25519: parseHex('302e020100300506032b657004220420'),
}

const importPkcs8 = (crv: Curve, privateKey: Uint8Array): KeyObject => {
  const key = Buffer.from(concat(pkcs8Frame[crv], privateKey))
  try {
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  } finally {
    key.fill(0)
  }
}

const importJwk = (crv: Curve, privateKey: Uint8Array): KeyObject =>
  // A JWK must name the public key too, which nobody knows yet: any 32 bytes stand in for it.
  createPrivateKey({ key: { kty: 'OKP', crv, d: encodeBase64Url(privateKey), x: PLACEHOLDER }, format: 'jwk' })

const PLACEHOLDER = encodeBase64Url(new Uint8Array(32))

// Node computes the public key from `d` and ignores `x`, and so reads a JWK ten times as fast as PKCS#8. A runtime
// that used or compared `x` would be right too: it gets PKCS#8.
const ignoresPublicKey = (): boolean => {
  const someKey = new Uint8Array(32).fill(9)
  try {
    return equal(exportPublicKey(importJwk('X25519', someKey)), exportPublicKey(importPkcs8('X25519', someKey)))
  } catch {
    return false
  }
}

const importBytes: (crv: Curve, privateKey: Uint8Array) => KeyObject = ignoresPublicKey() ? importJwk : importPkcs8

/** A private key: its 32 bytes, or what they were imported as. */
export type PrivateKey = Uint8Array | KeyObject

/**
 * The key object of a private key (RFC 7748 §5, RFC 8032 §5.1.5). Making it takes about as long as using it, for its public
 * half is computed: whoever uses a key more than once keeps what this gives.
 */
export const importPrivateKey = (crv: Curve, privateKey: PrivateKey): KeyObject =>
  privateKey instanceof Uint8Array ? importBytes(crv, privateKey) : privateKey
