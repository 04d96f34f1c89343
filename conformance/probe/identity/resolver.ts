import { parseEd25519PublicKey } from '../crypto/ed25519.js'
import { Refusal } from '../refusal.js'
import { parseDidKey } from './did-key.js'

/** Gives the Ed25519 public key, 32 bytes, of a DID. Throws Refusal `identity` or `key` when there is none to trust. */
export type Resolve = (did: string) => Uint8Array

/** A resolver of `did:key`, which stands for itself, and of the DIDs among `keys`. */
export const createResolver =
  (keys: ReadonlyMap<string, Uint8Array> = new Map()): Resolve =>
  did => {
    if (did.startsWith('did:key:')) return parseDidKey(did)
    const key = keys.get(did)
    if (!key) throw new Refusal('identity', 'handshake.did-resolves')
    return parseEd25519PublicKey(key)
  }
