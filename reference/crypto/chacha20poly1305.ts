import { createCipheriv, createDecipheriv } from 'node:crypto'
import { concat } from '../bytes/concat.js'
import { authenticationFailed } from '../bytes/sage-error.js'

const ALGORITHM = 'chacha20-poly1305'
const TAG = { authTagLength: 16 } as const

/** Bytes that sealing adds. */
export const TAG_LENGTH = TAG.authTagLength

/** What goes into AEAD_CHACHA20_POLY1305 (RFC 8439 §2.8): a key of 32 bytes, a nonce of 12, data to bind. */
export interface AeadInput {
  readonly key: Uint8Array
  readonly nonce: Uint8Array
  readonly aad: Uint8Array
}

/** Ciphertext of `plaintext`, followed by the tag of 16 bytes. */
export const sealAead = ({ key, nonce, aad }: AeadInput, plaintext: Uint8Array): Uint8Array => {
  const cipher = createCipheriv(ALGORITHM, key, nonce, TAG)
  cipher.setAAD(aad, { plaintextLength: plaintext.length })
  const ciphertext = cipher.update(plaintext)
  cipher.final()
  return concat(ciphertext, cipher.getAuthTag())
}

/**
 * Plaintext of a ciphertext with its tag.
 * @throws SageError `authentication_failed` when the tag does not verify or is not there
 */
export const openAead = ({ key, nonce, aad }: AeadInput, ciphertext: Uint8Array): Uint8Array => {
  const length = ciphertext.length - TAG_LENGTH
  if (length < 0) throw authenticationFailed()
  const decipher = createDecipheriv(ALGORITHM, key, nonce, TAG)
  decipher.setAAD(aad, { plaintextLength: length })
  decipher.setAuthTag(ciphertext.subarray(length))
  const plaintext = decipher.update(ciphertext.subarray(0, length))
  try {
    decipher.final()
  } catch (cause) {
    plaintext.fill(0)
    throw authenticationFailed({ cause })
  }
  return new Uint8Array(plaintext.buffer, plaintext.byteOffset, plaintext.byteLength)
}
