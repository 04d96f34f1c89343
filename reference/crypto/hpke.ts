import { concat } from '../bytes/concat.js'
import { be16, u8 } from '../bytes/integers.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { erase } from './erase.js'
import type { CryptoParts } from './parts.js'
import { x25519KeyPair, type KeyPair } from './x25519.js'

// HPKE (RFC 9180) in Base mode, as far as the exporter: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
// The AEAD is named in the suite and never used.

const KEM_ID = be16(0x0020)
const kemSuite = concat(encodeUtf8('KEM'), KEM_ID)
const hpkeSuite = concat(encodeUtf8('HPKE'), KEM_ID, be16(0x0001), be16(0x0003))
const BASE_MODE = u8(0x00)
const NOTHING = new Uint8Array()
const VERSION = encodeUtf8('HPKE-v1')

type Hkdf = Pick<CryptoParts, 'hkdfExtract' | 'hkdfExpand'>

/** LabeledExtract, RFC 9180 §4. */
const extract = (suite: Uint8Array, salt: Uint8Array, label: string, ikm: Uint8Array, parts: Hkdf): Uint8Array =>
  parts.hkdfExtract(salt, concat(VERSION, suite, encodeUtf8(label), ikm))

/** LabeledExpand, RFC 9180 §4. */
const expand = (
  suite: Uint8Array,
  prk: Uint8Array,
  label: string,
  info: Uint8Array,
  length: number,
  parts: Hkdf,
): Uint8Array => parts.hkdfExpand(prk, concat(be16(length), VERSION, suite, encodeUtf8(label), info), length)

/** DeriveKeyPair, RFC 9180 §7.1.3: the key pair that key material (32 bytes or more) stands for. */
export const deriveKeyPair = (ikm: Uint8Array, parts: Hkdf): KeyPair => {
  const prk = extract(kemSuite, NOTHING, 'dkp_prk', ikm, parts)
  const privateKey = expand(kemSuite, prk, 'sk', NOTHING, 32, parts)
  const pair = x25519KeyPair(privateKey)
  erase(prk, privateKey)
  return pair
}

/** ExtractAndExpand, RFC 9180 §4.1. */
const sharedSecret = (dh: Uint8Array, enc: Uint8Array, publicKey: Uint8Array, parts: Hkdf): Uint8Array => {
  const prk = extract(kemSuite, NOTHING, 'eae_prk', dh, parts)
  const secret = expand(kemSuite, prk, 'shared_secret', concat(enc, publicKey), 32, parts)
  erase(dh, prk)
  return secret
}

/** KeySchedule of Base mode, RFC 9180 §5.1, and Context.Export, §5.3. */
const exportSecret = (shared: Uint8Array, { info, exporterContext, length }: ExportInput, parts: Hkdf): Uint8Array => {
  const pskIdHash = extract(hpkeSuite, NOTHING, 'psk_id_hash', NOTHING, parts)
  const infoHash = extract(hpkeSuite, NOTHING, 'info_hash', info, parts)
  const secret = extract(hpkeSuite, shared, 'secret', NOTHING, parts)
  const exporter = expand(hpkeSuite, secret, 'exp', concat(BASE_MODE, pskIdHash, infoHash), 32, parts)
  const exported = expand(hpkeSuite, exporter, 'sec', exporterContext, length, parts)
  erase(shared, secret, exporter)
  return exported
}

/** What both ends agree on before they export a secret of `length` bytes. */
export interface ExportInput {
  readonly info: Uint8Array
  readonly exporterContext: Uint8Array
  readonly length: number
}

/** Input of the sender: the receiver's public key (32 bytes) and key material for the ephemeral key (32 bytes). */
export interface SenderInput extends ExportInput {
  readonly ikmE: Uint8Array
  readonly pkR: Uint8Array
}

/** Input of the receiver: its own key pair and the sender's encapsulated key (32 bytes). */
export interface ReceiverInput extends ExportInput {
  readonly keyPair: KeyPair
  readonly enc: Uint8Array
}

/**
 * SetupBaseS and Export: the encapsulated key (32 bytes) and the exported secret. The ephemeral private key ends here.
 * @throws SageError `authentication_failed` when `pkR` is of small order
 */
export const exportAsSender = (input: SenderInput, parts: CryptoParts): { enc: Uint8Array; exported: Uint8Array } => {
  const ephemeral = deriveKeyPair(input.ikmE, parts)
  const enc = ephemeral.publicKey
  const dh = parts.x25519(ephemeral.privateKey, input.pkR)
  return { enc, exported: exportSecret(sharedSecret(dh, enc, input.pkR, parts), input, parts) }
}

/**
 * SetupBaseR and Export: the exported secret.
 * @throws SageError `authentication_failed` when `enc` is of small order
 */
export const exportAsReceiver = (input: ReceiverInput, parts: CryptoParts): Uint8Array => {
  const dh = parts.x25519(input.keyPair.privateKey, input.enc)
  return exportSecret(sharedSecret(dh, input.enc, input.keyPair.publicKey, parts), input, parts)
}
