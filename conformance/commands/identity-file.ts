import { readFileSync, statSync } from 'node:fs'
import { createIdentity, type Identity } from '../../reference/index.js'
import { UsageError } from './usage.js'

const parseKey = (value: unknown): Uint8Array => {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64url') : undefined
  if (bytes?.length !== 32 || bytes.toString('base64url') !== value)
    throw new UsageError('the identity file holds {"signing","kem"}, each the base64url of 32 bytes')
  return Uint8Array.from(bytes)
}

const parseIdentity = (text: string): Identity => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new UsageError('the identity file is not JSON')
  }
  const { signing, kem } = (value ?? {}) as Record<string, unknown>
  return createIdentity({ signingKey: parseKey(signing), kemKey: parseKey(kem) })
}

/**
 * The identity in a file, a JSON object with `signing` and `kem`, each the b64u of 32 private bytes. `warn` is told when
 * others may read it.
 * @throws UsageError when it cannot be read or is not such a file
 */
export const readIdentity = (path: string, warn: (line: string) => void): Identity => {
  let text: string
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
      warn(`warning: others may read the private keys in ${path} (chmod 600)`)
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new UsageError(`cannot read the identity file ${path}: ${String((cause as NodeJS.ErrnoException).code)}`)
  }
  return parseIdentity(text)
}
