import { randomBytes } from 'node:crypto'
import { deriveEd25519PublicKey } from '../probe/crypto/ed25519.js'
import { encodeDidKey } from '../probe/identity/did-key.js'
import { processStreams, type CommandStreams } from './command-streams.js'
import { writeIdentity } from './identity-file.js'
import { UsageError } from './usage.js'

/**
 * `sage-conformance keygen FILE`: writes an identity with fresh keys, for `--identity`. The DID goes to `out`; the private
 * keys go nowhere but into the file.
 * @returns exit status: 0, or 2 when the file is there already or cannot be written
 */
export const keygenCommand = (path: string, { out, err }: CommandStreams = processStreams): number => {
  const keys = { signing: Uint8Array.from(randomBytes(32)), kem: Uint8Array.from(randomBytes(32)) }
  try {
    writeIdentity(path, keys)
    out(`${encodeDidKey(deriveEd25519PublicKey(keys.signing))}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    err(`sage-conformance keygen: ${error.message}`)
    return 2
  } finally {
    keys.signing.fill(0)
    keys.kem.fill(0)
  }
}
