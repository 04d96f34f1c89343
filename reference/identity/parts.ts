import { cryptoParts, type CryptoParts } from '../crypto/parts.js'
import { decodeDidKey, encodeDidKey } from './did-key.js'
import { canonicalJson } from './jcs.js'

/** The steps of this layer and those below that may be replaced, one by one. */
export interface IdentityParts extends CryptoParts {
  readonly canonicalJson: typeof canonicalJson
  readonly cardLabel: string
  readonly decodeDidKey: typeof decodeDidKey
  readonly encodeDidKey: typeof encodeDidKey
}

/** The steps as the specification has them. */
export const identityParts: IdentityParts = {
  ...cryptoParts,
  canonicalJson,
  // identity.md, "The agent card"; it ends with a line feed.
  cardLabel: 'sage/card|v1\n',
  decodeDidKey,
  encodeDidKey,
}
