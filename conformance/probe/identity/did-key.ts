import { parseDid } from '../bytes/forms.js'
import { concat } from '../bytes/framing.js'
import { parseEd25519PublicKey } from '../crypto/ed25519.js'
import { Refusal } from '../refusal.js'
import { encodeBase58, parseBase58 } from './base58.js'

// The multicodec of an Ed25519 public key, 0xed as a varint.
const ED25519 = Uint8Array.of(0xed, 0x01)

/** `did:key` of an Ed25519 public key of 32 bytes. */
export const encodeDidKey = (publicKey: Uint8Array): string => `did:key:z${encodeBase58(concat(ED25519, publicKey))}`

/**
 * The Ed25519 public key, 32 bytes, that a `did:key` stands for.
 * @throws Refusal `schema` or `identity` on another form, method, base or key type, `encoding` on bad base58,
 *   `key` on a key that SAGE does not admit
 */
export const parseDidKey = (did: string): Uint8Array => {
  const { method, id } = parseDid(did)
  if (method !== 'key') throw new Refusal('identity', 'identity.did-key-form')
  if (!id.startsWith('z')) throw new Refusal('encoding', 'identity.did-key-form')
  const bytes = parseBase58(id.slice(1))
  if (bytes[0] !== ED25519[0] || bytes[1] !== ED25519[1]) throw new Refusal('identity', 'identity.did-key-form')
  if (bytes.length !== 34) throw new Refusal('length', 'identity.did-key-form')
  return parseEd25519PublicKey(bytes.slice(2))
}
