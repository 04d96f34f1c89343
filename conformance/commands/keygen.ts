import { randomBytes } from 'node:crypto'
import type { GeneratedIdentity } from '../../schemas/index.js'
import { encodeBase64url } from '../probe/bytes/base64.js'
import { deriveEd25519PublicKey } from '../probe/crypto/ed25519.js'
import { deriveX25519PublicKey } from '../probe/crypto/x25519.js'
import { encodeDidKey } from '../probe/identity/did-key.js'
import { processStreams, type CommandStreams } from './command-streams.js'
import { writeIdentity } from './identity-file.js'
import { UsageError } from './usage.js'

/**
 * `sage-conformance keygen FILE`: writes an identity with fresh keys, for `--identity`. The DID goes to `out`; the private
 * keys go nowhere but into the file.
 * @returns exit status: 0, or 2 when the file is there already or cannot be written
 */
export const keygenCommand = (path: string, { out, err }: CommandStreams = processStreams, json = false): number => {
  const keys = { signing: Uint8Array.from(randomBytes(32)), kem: Uint8Array.from(randomBytes(32)) }
  try {
    writeIdentity(path, keys)
    const signing = deriveEd25519PublicKey(keys.signing)
    const document: GeneratedIdentity = {
      generatedIdentity: 'sage-conformance/1',
      file: path,
      did: encodeDidKey(signing),
      signing: encodeBase64url(signing),
      kem: encodeBase64url(deriveX25519PublicKey(keys.kem)),
    }
    out(json ? `${JSON.stringify(document, null, 2)}\n` : `${document.did}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    err(`sage-conformance: ${error.message}`)
    return 2
  } finally {
    keys.signing.fill(0)
    keys.kem.fill(0)
  }
}
