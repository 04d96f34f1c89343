import { createIdentity, isSageError, parseDirectory, type Directory, type Identity } from '../../reference/index.js'
import { readIdentity } from './identity-file.js'
import { readTextFile, UsageError } from './usage.js'

/**
 * The identity in a file, for an agent of the reference. `warn` is told when others may read it.
 * @throws UsageError when it cannot be read or is not such a file
 */
export const openIdentity = (path: string, warn: (line: string) => void): Identity => {
  const { signing, kem } = readIdentity(path, warn)
  return createIdentity({ signingKey: signing, kemKey: kem })
}

/**
 * The DIDs and their keys in a file: a JSON object `{"did:web:example.com": "<b64u of 32 bytes>", …}`.
 * @throws UsageError when it cannot be read or is not such a file
 */
export const openDirectory = (path: string): Directory => {
  const text = readTextFile('--directory', path)
  try {
    return parseDirectory(new TextEncoder().encode(text))
  } catch (cause) {
    if (!isSageError(cause)) throw cause
    throw new UsageError(`--directory: ${path}: ${cause.message}`, { cause })
  }
}
