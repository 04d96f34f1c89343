import { createCipheriv, createDecipheriv } from 'node:crypto'
import { encodeUtf8 } from '../bytes/utf8.js'
import { concat } from '../bytes/concat.js'
import { parseBase64Url } from '../bytes/base64.js'
import { isSageError, SageError } from '../bytes/sage-error.js'

const ALGORITHM = 'aes-256-gcm'
const [NONCE_LENGTH, TAG_LENGTH] = [12, 16]
const ID_FORM = /^[A-Za-z0-9._-]{1,32}$/

/**
 * The keys under which a deployer has secrets at rest sealed, by their ids: 32 bytes each. One seals, all open: to rotate,
 * a new key is put first, and an old one is taken out when nothing is left that it has sealed.
 */
export interface StateKeys {
  /** Id of the key that seals. */
  readonly current: string
  readonly keys: ReadonlyMap<string, Uint8Array>
}

const parseLine = (line: string): [string, Uint8Array] => {
  const [id = '', key = '', ...more] = line.split(/\s+/)
  if (!ID_FORM.test(id) || more.length > 0) throw new SageError('malformed', 'not an id and a key')
  return [id, parseBase64Url(key, 32)]
}

/**
 * Keys from the text of a file: a line for each, `ID KEY`, the base64url of 32 bytes, the one that seals first. Empty lines and
 * those that begin with `#` say nothing.
 * @throws SageError `configuration`, which repeats nothing of the text
 */
export const parseStateKeys = (text: string): StateKeys => {
  const lines = text.split('\n').map(line => line.trim())
  try {
    const entries = lines.filter(line => line !== '' && !line.startsWith('#')).map(parseLine)
    const keys = new Map(entries)
    const [first] = entries
    if (first === undefined || keys.size < entries.length) throw new SageError('malformed', 'none, or one id twice')
    return { current: first[0], keys }
  } catch (error) {
    if (!isSageError(error)) throw error
    throw new SageError('configuration', 'state keys are lines of an id and the base64url of 32 bytes')
  }
}

/**
 * Seals a secret with AES-256-GCM: `length of the id ‖ id ‖ nonce ‖ ciphertext ‖ tag`. The secret stays.
 * @param nonce 12 bytes, drawn at random for this secret
 * @param purpose what it is, and whose: opens with the same only
 */
export const sealAtRest = (
  { current, keys }: StateKeys,
  nonce: Uint8Array,
  purpose: string,
  secret: Uint8Array,
): Uint8Array => {
  const key = keys.get(current)
  if (key === undefined) throw new SageError('configuration', 'the state key that seals is not there')
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_LENGTH })
  const id = encodeUtf8(current)
  const head = concat(Uint8Array.of(id.length), id)
  cipher.setAAD(concat(head, encodeUtf8(purpose)))
  const ciphertext = cipher.update(secret)
  cipher.final()
  return concat(head, nonce, ciphertext, cipher.getAuthTag())
}

/**
 * Opens what {@link sealAtRest} has sealed.
 * @throws SageError `unavailable` when it does not open: under another key, for another purpose, or not as it was written
 */
export const openAtRest = ({ keys }: StateKeys, purpose: string, sealed: Uint8Array): Uint8Array => {
  const head = sealed.subarray(0, 1 + (sealed[0] ?? 0))
  const key = keys.get(Buffer.from(head.subarray(1)).toString())
  const body = sealed.subarray(head.length)
  if (key === undefined || body.length < NONCE_LENGTH + TAG_LENGTH)
    throw new SageError('unavailable', 'what is at rest was sealed under another key')
  const decipher = createDecipheriv(ALGORITHM, key, body.subarray(0, NONCE_LENGTH), { authTagLength: TAG_LENGTH })
  decipher.setAAD(concat(head, encodeUtf8(purpose)))
  decipher.setAuthTag(body.subarray(-TAG_LENGTH))
  const secret = decipher.update(body.subarray(NONCE_LENGTH, -TAG_LENGTH))
  try {
    decipher.final()
  } catch (cause) {
    secret.fill(0)
    throw new SageError('unavailable', 'what is at rest does not open', { cause })
  }
  return secret
}
