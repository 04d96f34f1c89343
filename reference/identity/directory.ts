import { parseBase64Url } from '../bytes/base64.js'
import { parseDid } from '../bytes/did.js'
import { parseWholeJson } from '../bytes/json.js'
import { isSageError, malformed } from '../bytes/sage-error.js'
import { equal } from '../crypto/equal.js'
import { parseEd25519PublicKey } from '../crypto/ed25519.js'
import { resolveDidKey, type Resolver } from './resolver.js'

/** DIDs and their keys, as a deployer has written them down: a resolver that connects to nothing (identity.resolver-closed). */
export interface Directory {
  /** The Ed25519 public key (32 bytes) of a DID that is in it; nothing of any other. */
  readonly resolve: Resolver
  /** Is this DID in it? */
  readonly includes: (did: string) => boolean
}

const parseEntry = ([did, text]: [string, unknown]): [string, Uint8Array] => {
  const { method } = parseDid(did)
  if (typeof text !== 'string') throw malformed('a key is a text')
  const key = parseEd25519PublicKey(parseBase64Url(text, 32))
  const own = method === 'key' ? resolveDidKey(did) : key
  if (own === undefined || !equal(own, key)) throw malformed('a did:key has no other key than its own')
  return [did, key]
}

/**
 * A directory from the bytes of a JSON object of DIDs, each with the b64u of its Ed25519 public key (32 bytes). A `did:key`
 * may stand in it, with its own key, so that it can be admitted.
 * @throws SageError `malformed`: not such an object, a member twice, no DID, or a key that is not acceptable
 * (identity.key-canonical, identity.key-small-order)
 */
export const parseDirectory = (bytes: Uint8Array): Directory => {
  let keys: ReadonlyMap<string, Uint8Array>
  try {
    keys = new Map(Object.entries(parseWholeJson(bytes)).map(parseEntry))
  } catch (cause) {
    if (!isSageError(cause)) throw cause
    throw malformed('a directory is an object of DIDs, each with the base64url of its Ed25519 public key', { cause })
  }
  return { resolve: async did => keys.get(did), includes: did => keys.has(did) }
}
