import { base58 } from '@scure/base'
import { concat } from '../bytes/concat.js'
import { parseDid } from '../bytes/did.js'
import { SageError } from '../bytes/sage-error.js'
import { parseEd25519PublicKey } from '../crypto/ed25519.js'

/** Multicodec `ed25519-pub` as a varint. */
const PREFIX = Uint8Array.of(0xed, 0x01)
const LENGTH = PREFIX.length + 32
/** No 34 bytes have a longer base58btc; decoding is quadratic, so that its input is bounded first. */
const MAX_CHARACTERS = 48

/** The `did:key` of an Ed25519 public key (32 bytes). */
export const encodeDidKey = (publicKey: Uint8Array): string => `did:key:z${base58.encode(concat(PREFIX, publicKey))}`

const decodeBase58 = (text: string): Uint8Array | undefined => {
  if (text.length > MAX_CHARACTERS) return undefined
  try {
    return base58.decode(text)
  } catch {
    return undefined
  }
}

/**
 * The Ed25519 public key (32 bytes) that a `did:key` stands for (identity.did-key-form).
 * @throws SageError `malformed` when the text is no DID, `authentication_failed` when the DID does not resolve
 */
export const decodeDidKey = (did: string, parseKey = parseEd25519PublicKey): Uint8Array => {
  const { method, id } = parseDid(did)
  const bytes = method === 'key' && id.startsWith('z') ? decodeBase58(id.slice(1)) : undefined
  if (bytes?.length !== LENGTH || bytes[0] !== PREFIX[0] || bytes[1] !== PREFIX[1])
    throw new SageError('authentication_failed', 'not a did:key of Ed25519')
  return parseKey(bytes.subarray(PREFIX.length))
}
