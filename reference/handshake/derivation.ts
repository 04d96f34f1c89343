import { encodeUtf8 } from '../bytes/utf8.js'
import { erase } from '../crypto/erase.js'
import { importPrivateKey, type PrivateKey } from '../crypto/raw-key.js'
import type { KeyPair } from '../crypto/x25519.js'
import { handshakeParts, type HandshakeParts } from './parts.js'
import type { HandshakeParties, Transcript } from './steps.js'

const EXPORTER_LENGTH = 32

/** What both sides agree on: secrets of 32 bytes each. */
export interface Agreement {
  readonly ssE2E: Uint8Array
  readonly prk: Uint8Array
  readonly seed: Uint8Array
}

/** The two exchanges, which {@link agree} makes one of. */
export interface AgreementInput {
  readonly exportCtx: string
  readonly exporter: Uint8Array
  /** One's own ephemeral private key and the peer's ephemeral public key. */
  readonly privateKey: PrivateKey
  readonly publicKey: Uint8Array
}

/**
 * Combines the exporter with the exchange of the two ephemeral keys (handshake.shared-secret, handshake.seed).
 * @throws SageError `authentication_failed` when that exchange gives all zeros (handshake.all-zero)
 */
export const agree = (
  { exportCtx, exporter, privateKey, publicKey }: AgreementInput,
  parts: HandshakeParts = handshakeParts,
): Agreement => {
  const ssE2E = parts.ssE2E(privateKey, publicKey, parts)
  const prk = parts.prk(exportCtx, exporter, ssE2E, parts)
  return { ssE2E, prk, seed: parts.seed(prk, parts) }
}

/** What an initiator brings to a handshake. */
export interface InitiatorInput extends HandshakeParties {
  /** 32 bytes, the responder's. */
  readonly kemPublicKey: Uint8Array
  /** 32 random bytes: key material of the HPKE ephemeral key. */
  readonly ikmE: Uint8Array
  /** 32 random bytes. */
  readonly ephCPrivateKey: Uint8Array
}

/** What an initiator can compute before it has an answer. */
export interface Offer {
  readonly info: string
  readonly exportCtx: string
  readonly enc: Uint8Array
  readonly ephC: Uint8Array
  readonly exporter: Uint8Array
}

/**
 * The initiator's half before the request (handshake.strings, handshake.exporter).
 * @throws SageError `authentication_failed` when the responder's KEM key is of small order
 */
export const deriveOffer = (input: InitiatorInput, parts: HandshakeParts = handshakeParts): Offer => {
  const info = parts.info(input, parts)
  const exportCtx = parts.exportCtx(input.ctx, parts)
  const { enc, exported } = parts.exportAsSender(
    {
      info: encodeUtf8(info),
      exporterContext: encodeUtf8(exportCtx),
      length: EXPORTER_LENGTH,
      ikmE: input.ikmE,
      pkR: input.kemPublicKey,
    },
    parts,
  )
  return { info, exportCtx, enc, ephC: parts.x25519PublicKey(input.ephCPrivateKey), exporter: exported }
}

/** The whole derivation of the initiator, every step of it. @throws SageError `authentication_failed` */
export const deriveInitiator = (
  input: InitiatorInput & { readonly ephS: Uint8Array },
  parts: HandshakeParts = handshakeParts,
): Offer & Agreement => {
  const offer = deriveOffer(input, parts)
  const { exportCtx, exporter } = offer
  return { ...offer, ...agree({ exportCtx, exporter, privateKey: input.ephCPrivateKey, publicKey: input.ephS }, parts) }
}

/** What a responder brings to a handshake, with what it received. */
export interface ResponderInput extends HandshakeParties {
  readonly kemKeyPair: KeyPair
  /** 32 bytes, as received. */
  readonly enc: Uint8Array
  /** 32 bytes, as received. */
  readonly ephC: Uint8Array
  /** 32 random bytes. */
  readonly ephSPrivateKey: Uint8Array
}

/** What a responder computes. */
export interface ResponderDerivation extends Agreement {
  readonly info: string
  readonly exportCtx: string
  readonly ephS: Uint8Array
  readonly exporter: Uint8Array
}

/** The whole derivation of the responder, every step of it. @throws SageError `authentication_failed` */
export const deriveResponder = (input: ResponderInput, parts: HandshakeParts = handshakeParts): ResponderDerivation => {
  const info = parts.info(input, parts)
  const exportCtx = parts.exportCtx(input.ctx, parts)
  const exporter = parts.exportAsReceiver(
    {
      info: encodeUtf8(info),
      exporterContext: encodeUtf8(exportCtx),
      length: EXPORTER_LENGTH,
      keyPair: input.kemKeyPair,
      enc: input.enc,
    },
    parts,
  )
  try {
    const privateKey = importPrivateKey('X25519', input.ephSPrivateKey)
    const agreement = agree({ exportCtx, exporter, privateKey, publicKey: input.ephC }, parts)
    return { info, exportCtx, ephS: parts.x25519PublicKey(privateKey), exporter, ...agreement }
  } catch (error) {
    erase(exporter)
    throw error
  }
}

/** What the tag is made of, beside the transcript. */
export interface AckTagInput extends Transcript {
  /** 32 bytes; stays the caller's. */
  readonly seed: Uint8Array
  readonly ctx: string
  readonly nonce: string
  readonly kid: string
}

/** `ackTag` (32 bytes) with its steps. The caller erases `ackKey`. */
export const deriveAckTag = (
  { seed, ctx, nonce, kid, ...transcript }: AckTagInput,
  parts: HandshakeParts = handshakeParts,
): { readonly ackKey: Uint8Array; readonly th: Uint8Array; readonly ackTag: Uint8Array } => {
  const ackKey = parts.ackKey(seed, parts)
  const th = parts.th(transcript, parts)
  return { ackKey, th, ackTag: parts.ackTag(ackKey, { ctx, nonce, kid, th }, parts) }
}

/** Erases what a derivation leaves behind beside the seed (handshake.erasure). */
export const eraseSteps = (steps: Partial<Pick<Agreement & Offer, 'exporter' | 'ssE2E' | 'prk'>>): void =>
  erase(...[steps.exporter, steps.ssE2E, steps.prk].filter(secret => secret !== undefined))
