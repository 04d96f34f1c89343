import { writeFileSync } from 'node:fs'
import { encodeBase64url, parseBase64url } from '../probe/bytes/base64.js'
import { parseJsonObject, type JsonObject } from '../probe/bytes/json.js'
import { Refusal } from '../probe/refusal.js'
import { fileError } from '../report/file-error.js'
import { parseOption, readSecretFile, UsageError } from './usage.js'

/** The private keys of an agent, 32 bytes each. */
export interface PrivateKeys {
  /** Ed25519 seed. */
  readonly signing: Uint8Array
  /** X25519 private key. */
  readonly kem: Uint8Array
}

const parseKey = (value: unknown): Uint8Array => {
  const key = typeof value === 'string' ? parseBase64url(value) : undefined
  if (key?.length !== 32) throw new Refusal('length', 'an identity file')
  return key
}

type Warn = (line: string) => void

const read = <Keys>(path: string, warn: Warn, parse: (members: JsonObject) => Keys): Keys => {
  const text = readSecretFile('--identity', path, warn)
  return parseOption('--identity', `a file of JSON with "signing" and "kem", each b64u of 32 bytes (${path})`, () =>
    parse(parseJsonObject(text)),
  )
}

/**
 * The keys in an identity file: a JSON object with `signing` and `kem`, each the b64u of 32 private bytes. `warn` is told
 * when others may read it.
 * @throws UsageError when it cannot be read or is not such a file; the message repeats nothing of what is in it
 */
export const readIdentity = (path: string, warn: Warn): PrivateKeys =>
  read(path, warn, ({ signing, kem }) => ({ signing: parseKey(signing), kem: parseKey(kem) }))

/** The signing key alone, for an initiator: `kem` may be absent. @throws UsageError as {@link readIdentity} */
export const readSigningKey = (path: string, warn: Warn): Uint8Array =>
  read(path, warn, ({ signing }) => parseKey(signing))

/**
 * Writes an identity file that only its owner may read. What is there is never overwritten.
 * @throws UsageError when the file is there already or cannot be written
 */
export const writeIdentity = (path: string, { signing, kem }: PrivateKeys): void => {
  const keys = { signing: encodeBase64url(signing), kem: encodeBase64url(kem) }
  try {
    writeFileSync(path, `${JSON.stringify(keys)}\n`, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    throw new UsageError(`cannot write the identity file ${path}: ${fileError(cause)}`, { cause })
  }
}
