import { isSageError } from '../bytes/sage-error.js'
import { identityParts, type IdentityParts } from './parts.js'

/**
 * Finds the Ed25519 public key (32 bytes) of a DID, or undefined when the DID has none. A resolver must not connect to
 * an address taken from the DID unless its deployer allows it (identity.resolver-closed). `signal` is raised when nobody
 * waits for the key any longer: the time for it is bounded.
 */
export type Resolver = (did: string, signal?: AbortSignal) => Promise<Uint8Array | undefined>

/** The key that a `did:key` is, or undefined for any other DID and any key that is not acceptable. */
export const resolveDidKey = (did: string, parts: IdentityParts = identityParts): Uint8Array | undefined => {
  try {
    return parts.decodeDidKey(did, parts.parseEd25519PublicKey)
  } catch (error) {
    if (isSageError(error)) return undefined
    throw error
  }
}

/** `key` when it is an Ed25519 public key that this protocol accepts (identity.key-canonical, identity.key-small-order). */
export const acceptableKey = (key: Uint8Array, parts: IdentityParts = identityParts): Uint8Array | undefined => {
  try {
    return parts.parseEd25519PublicKey(key)
  } catch (error) {
    if (isSageError(error)) return undefined
    throw error
  }
}

/**
 * Resolves `did:key` by itself (identity.did-key) and any other DID through `others`, in their order. The first key that
 * is found counts, and is none where it is not acceptable (identity.key-canonical, identity.key-small-order).
 */
export const composeResolver =
  (others: readonly Resolver[] = [], parts: IdentityParts = identityParts): Resolver =>
  async (did, signal) => {
    if (did.startsWith('did:key:')) return resolveDidKey(did, parts)
    for (const resolve of others) {
      const key = await resolve(did, signal)
      if (key !== undefined) return acceptableKey(key, parts)
    }
    return undefined
  }
