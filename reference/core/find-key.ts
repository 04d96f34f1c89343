import { acceptableKey, resolveDidKey } from '../identity/resolver.js'
import type { Parts } from '../parts.js'
import type { OpInput } from './op-input.js'

/** The key of a DID: a `did:key` is its own, any other is looked up in `keys`, the directory of an operation. */
export const findKey = (did: string, keys: OpInput, parts: Parts): Uint8Array | undefined => {
  if (did.startsWith('did:key:')) return resolveDidKey(did, parts)
  return keys.has(did) ? acceptableKey(keys.bytes(did), parts) : undefined
}
