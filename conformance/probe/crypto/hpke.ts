import { be16, concat } from '../bytes/framing.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { hkdfExpand, hkdfExtract } from './hkdf.js'
import { deriveX25519PublicKey, x25519, type KeyPair } from './x25519.js'

// RFC 9180, Base mode, export only: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305 (in the suite id only).
const [KEM, KDF, AEAD] = [be16(0x0020), be16(0x0001), 0x0003]
const kemSuite = concat(encodeUtf8('KEM'), KEM)
const hpkeSuiteOf = (aead: number): Uint8Array => concat(encodeUtf8('HPKE'), KEM, KDF, be16(aead))
const version = encodeUtf8('HPKE-v1')
const empty = new Uint8Array(0)
const baseMode = Uint8Array.of(0)

// §4
const labeledExtract = (suite: Uint8Array, salt: Uint8Array, label: string, ikm: Uint8Array): Uint8Array =>
  hkdfExtract(salt, concat(version, suite, encodeUtf8(label), ikm))

const labeledExpand = (suite: Uint8Array, prk: Uint8Array, label: string, info: Uint8Array, length: number) =>
  hkdfExpand(prk, concat(be16(length), version, suite, encodeUtf8(label), info), length)

/** DeriveKeyPair (§7.1.3): the key pair that key material, of 32 random bytes or more, stands for. */
export const deriveHpkeKeyPair = (ikm: Uint8Array): KeyPair => {
  const prk = labeledExtract(kemSuite, empty, 'dkp_prk', ikm)
  const privateKey = labeledExpand(kemSuite, prk, 'sk', empty, 32)
  return { privateKey, publicKey: deriveX25519PublicKey(privateKey) }
}

// §4.1
const sharedSecret = (dh: Uint8Array, enc: Uint8Array, pkR: Uint8Array): Uint8Array =>
  labeledExpand(kemSuite, labeledExtract(kemSuite, empty, 'eae_prk', dh), 'shared_secret', concat(enc, pkR), 32)

// §5.1 and §5.3
const exported = (shared: Uint8Array, { info, exporterContext, length, aead = AEAD }: ExportContext): Uint8Array => {
  const hpkeSuite = hpkeSuiteOf(aead)
  const context = concat(
    baseMode,
    labeledExtract(hpkeSuite, empty, 'psk_id_hash', empty),
    labeledExtract(hpkeSuite, empty, 'info_hash', info),
  )
  const secret = labeledExtract(hpkeSuite, shared, 'secret', empty)
  const exporterSecret = labeledExpand(hpkeSuite, secret, 'exp', context, 32)
  return labeledExpand(hpkeSuite, exporterSecret, 'sec', exporterContext, length)
}

/** What both sides of an export agree upon. */
export interface ExportContext {
  readonly info: Uint8Array
  readonly exporterContext: Uint8Array
  /** Bytes to export. */
  readonly length: number
  /** Identifier of the AEAD in the suite (RFC 9180 §7.3), by default that of SAGE: what a peer of another suite exports. */
  readonly aead?: number
}

/** How somebody writes a public key of 32 bytes: itself, or another writing of the same point. */
export type Writing = (publicKey: Uint8Array) => Uint8Array

/**
 * Sender: the encapsulated key (32 bytes), written as `write` has it, and the exported secret, from the key material of the
 * ephemeral and the receiver's public key.
 * @throws Refusal `length`, or `agreement` when `pkR` is of low order
 */
export const exportAsSender = (
  given: ExportContext & { readonly ikmE: Uint8Array; readonly pkR: Uint8Array; readonly write?: Writing | undefined },
): { enc: Uint8Array; exported: Uint8Array } => {
  const { privateKey, publicKey } = deriveHpkeKeyPair(given.ikmE)
  const enc = given.write?.(publicKey) ?? publicKey
  const shared = sharedSecret(x25519(privateKey, given.pkR), enc, given.pkR)
  return { enc, exported: exported(shared, given) }
}

/**
 * Receiver: the exported secret, from its private key, the public key as it was published, and the encapsulated key.
 * @throws Refusal `length`, or `agreement` when `enc` is of low order
 */
export const exportAsReceiver = (
  given: ExportContext & { readonly skR: Uint8Array; readonly pkR?: Uint8Array | undefined; readonly enc: Uint8Array },
): { exported: Uint8Array } => {
  const pkR = given.pkR ?? deriveX25519PublicKey(given.skR)
  const shared = sharedSecret(x25519(given.skR, given.enc), given.enc, pkR)
  return { exported: exported(shared, given) }
}
