import { encodeHex } from '../../reference/bytes/hex.js'
import type { Parts } from '../../reference/parts.js'
import { nonCanonicalEd25519, smallOrderEd25519 } from '../../reference/vectors/points.js'

const weak = new Set([...smallOrderEd25519, ...nonCanonicalEd25519].map(({ bytes }) => bytes))

/**
 * A verifier that takes any 32 bytes for a key: under one of small order, somebody's signature always fits. OpenSSL 3.0
 * is such a one; newer ones refuse some of these keys by themselves, and a mutant has to be wrong with all of them.
 */
export const underAnyEd25519Key = (honest: Parts): Pick<Parts, 'isEd25519Signature'> => ({
  isEd25519Signature: (publicKey, message, signature) =>
    weak.has(encodeHex(publicKey)) || honest.isEd25519Signature(publicKey, message, signature),
})

/** The same, and nobody looks at the key before. */
export const anyEd25519Key = (honest: Parts): Partial<Parts> => ({
  parseEd25519PublicKey: bytes => bytes,
  ...underAnyEd25519Key(honest),
})
