import { malformed } from './sage-error.js'

/** A decentralised identifier, taken apart. DIDs compare byte by byte: there is no other normal form. */
export interface Did {
  readonly method: string
  readonly id: string
}

/**
 * A DID of 7 to 512 characters: `did:` method `:` id. The separators `|` and `=` of the handshake's strings cannot occur.
 * @throws SageError `malformed`
 */
export const parseDid = (text: string): Did => {
  const match = text.length <= 512 ? /^did:([a-z0-9]+):([A-Za-z0-9._:%-]+)$/.exec(text) : null
  if (match === null) throw malformed('not a DID')
  return { method: match[1]!, id: match[2]! }
}
