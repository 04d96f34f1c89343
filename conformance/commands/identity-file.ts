import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { encodeBase64url, parseBase64url } from '../probe/bytes/base64.js'
import { parseJsonObject } from '../probe/bytes/json.js'
import { Refusal } from '../probe/refusal.js'
import { UsageError } from './usage.js'

/** The private keys of an agent, 32 bytes each. */
export interface PrivateKeys {
  /** Ed25519 seed. */
  readonly signing: Uint8Array
  /** X25519 private key. */
  readonly kem: Uint8Array
}

const reasonOf = (cause: unknown): string => (cause as NodeJS.ErrnoException).code ?? 'error'

const parseKey = (value: unknown): Uint8Array => {
  const key = typeof value === 'string' ? parseBase64url(value) : undefined
  if (key?.length !== 32) throw new Refusal('length', 'an identity file')
  return key
}

const parseKeys = (text: string): PrivateKeys => {
  try {
    const { signing, kem } = parseJsonObject(text)
    return { signing: parseKey(signing), kem: parseKey(kem) }
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause
    throw new UsageError('the identity file holds {"signing","kem"}, each the base64url of 32 bytes', { cause })
  }
}

/**
 * The keys in an identity file: a JSON object with `signing` and `kem`, each the b64u of 32 private bytes. `warn` is told
 * when others may read it.
 * @throws UsageError when it cannot be read or is not such a file; the message repeats nothing of what is in it
 */
export const readIdentity = (path: string, warn: (line: string) => void): PrivateKeys => {
  let text: string
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
      warn(`warning: others may read the private keys in ${path} (chmod 600)`)
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new UsageError(`cannot read the identity file ${path}: ${reasonOf(cause)}`)
  }
  return parseKeys(text)
}

/**
 * Writes an identity file that only its owner may read. What is there is never overwritten.
 * @throws UsageError when the file is there already or cannot be written
 */
export const writeIdentity = (path: string, { signing, kem }: PrivateKeys): void => {
  const keys = { signing: encodeBase64url(signing), kem: encodeBase64url(kem) }
  try {
    writeFileSync(path, `${JSON.stringify(keys)}\n`, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    throw new UsageError(`cannot write the identity file ${path}: ${reasonOf(cause)}`)
  }
}
