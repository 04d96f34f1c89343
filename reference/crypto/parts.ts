import { bytesParts, type BytesParts } from '../bytes/parts.js'
import { openAead, sealAead } from './chacha20poly1305.js'
import { ed25519PublicKey, isEd25519Signature, parseEd25519PublicKey, signEd25519 } from './ed25519.js'
import { equal } from './equal.js'
import { hkdfExpand, hkdfExtract } from './hkdf.js'
import { hmacSha256 } from './hmac.js'
import { exportAsReceiver, exportAsSender } from './hpke.js'
import { sha256 } from './sha256.js'
import { isSmallOrderX25519, x25519, x25519PublicKey } from './x25519.js'

/** The steps of this layer and the one below that may be replaced, one by one. */
export interface CryptoParts extends BytesParts {
  readonly ed25519PublicKey: typeof ed25519PublicKey
  readonly equal: typeof equal
  readonly exportAsReceiver: typeof exportAsReceiver
  readonly exportAsSender: typeof exportAsSender
  readonly hkdfExpand: typeof hkdfExpand
  readonly hkdfExtract: typeof hkdfExtract
  readonly hmacSha256: typeof hmacSha256
  readonly isEd25519Signature: typeof isEd25519Signature
  readonly isSmallOrderX25519: typeof isSmallOrderX25519
  readonly openAead: typeof openAead
  readonly parseEd25519PublicKey: typeof parseEd25519PublicKey
  readonly sealAead: typeof sealAead
  readonly sha256: typeof sha256
  readonly signEd25519: typeof signEd25519
  readonly x25519: typeof x25519
  readonly x25519PublicKey: typeof x25519PublicKey
}

/** The steps as the specification has them. */
export const cryptoParts: CryptoParts = {
  ...bytesParts,
  ed25519PublicKey,
  equal,
  exportAsReceiver,
  exportAsSender,
  hkdfExpand,
  hkdfExtract,
  hmacSha256,
  isEd25519Signature,
  isSmallOrderX25519,
  openAead,
  parseEd25519PublicKey,
  sealAead,
  sha256,
  signEd25519,
  x25519,
  x25519PublicKey,
}
