import { createCipheriv, createDecipheriv } from 'node:crypto'
import { concat } from '../bytes/framing.js'
import { Refusal } from '../refusal.js'
import { requireSize } from './raw-key.js'

/** Bytes of a key, a nonce and a tag of ChaCha20-Poly1305. */
export const aeadSize = { key: 32, nonce: 12, tag: 16 } as const

const algorithm = 'chacha20-poly1305'
const options = { authTagLength: aeadSize.tag }

const requireSizes = (key: Uint8Array, nonce: Uint8Array): void => {
  requireSize(key, aeadSize.key, 'aead key')
  requireSize(nonce, aeadSize.nonce, 'aead nonce')
}

/**
 * ChaCha20-Poly1305 (RFC 8439 §2.8): ciphertext ‖ tag, 16 bytes longer than `plaintext`.
 * @throws Refusal `length` on a key other than 32 or a nonce other than 12 bytes
 */
export const sealAead = (key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array => {
  requireSizes(key, nonce)
  const cipher = createCipheriv(algorithm, key, nonce, options)
  cipher.setAAD(aad, { plaintextLength: plaintext.length })
  const body = cipher.update(plaintext)
  return concat(body, cipher.final(), cipher.getAuthTag())
}

/**
 * The plaintext of ciphertext ‖ tag, 16 bytes shorter.
 * @throws Refusal `length` on a wrong key or nonce size or less than a tag, `aead` when the tag does not verify
 */
export const openAead = (key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Uint8Array => {
  requireSizes(key, nonce)
  const end = ciphertext.length - aeadSize.tag
  if (end < 0) throw new Refusal('length', 'aead ciphertext')
  const decipher = createDecipheriv(algorithm, key, nonce, options)
  decipher.setAAD(aad, { plaintextLength: end })
  decipher.setAuthTag(ciphertext.subarray(end))
  try {
    const body = decipher.update(ciphertext.subarray(0, end))
    return concat(body, decipher.final())
  } catch (cause) {
    throw new Refusal('aead', 'record.tag', { cause })
  }
}
