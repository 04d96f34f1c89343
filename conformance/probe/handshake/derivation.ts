import { deriveHpkeKeyPair, exportAsReceiver, exportAsSender, type Writing } from '../crypto/hpke.js'
import { deriveX25519PublicKey, x25519 } from '../crypto/x25519.js'
import { honestSteps, type HandshakeSteps } from './steps.js'
import type { Parties } from './strings.js'

// A tester shows its evidence: every intermediate value is returned, and none of its keys protects anything.

/** Everything that one handshake derives. The two strings are texts, all else is 32 bytes. */
export interface Derivation extends Parties {
  readonly info: string
  readonly exportCtx: string
  readonly enc: Uint8Array
  readonly ephC: Uint8Array
  readonly ephS: Uint8Array
  readonly exporter: Uint8Array
  readonly ssE2E: Uint8Array
  readonly prk: Uint8Array
  readonly seed: Uint8Array
}

/** What an initiator brings: 32 bytes each. `ikmE` is the key material of the HPKE ephemeral. */
export interface InitiatorKeys {
  readonly kemPublicKey: Uint8Array
  readonly ikmE: Uint8Array
  readonly ephCPrivateKey: Uint8Array
  /** How it writes `enc` and `ephC`. */
  readonly write?: { readonly enc?: Writing; readonly ephC?: Writing } | undefined
}

/** What a responder brings: private keys of 32 bytes each. */
export interface ResponderKeys {
  readonly kemPrivateKey: Uint8Array
  /** As it was published, where that is not as everybody would write it. */
  readonly kemPublicKey?: Uint8Array | undefined
  readonly ephSPrivateKey: Uint8Array
}

const exportContext = ({ ctx, initDid, respDid }: Parties, steps: HandshakeSteps) => {
  const [info, exportCtx] = [steps.info({ ctx, initDid, respDid }), steps.exportCtx(ctx)]
  return { strings: { ctx, initDid, respDid, info, exportCtx }, hpke: steps.hpke(info, exportCtx) }
}

const combine = (exportCtx: string, exporter: Uint8Array, ssE2E: Uint8Array, steps: HandshakeSteps) => {
  const prk = steps.prk(exportCtx, exporter, ssE2E)
  return { exporter, ssE2E, prk, seed: steps.seed(prk) }
}

/** What an initiator can say before it has an answer: its two public keys, 32 bytes each. */
export const deriveOffer = ({
  ikmE,
  ephCPrivateKey,
  write,
}: Pick<InitiatorKeys, 'ikmE' | 'ephCPrivateKey' | 'write'>) => {
  const [enc, ephC] = [deriveHpkeKeyPair(ikmE).publicKey, deriveX25519PublicKey(ephCPrivateKey)]
  return { enc: write?.enc?.(enc) ?? enc, ephC: write?.ephC?.(ephC) ?? ephC }
}

/**
 * The initiator's side, by the `steps` of the protocol or by mistaken ones.
 * @throws Refusal `length`, or `agreement` when `ephS` or the KEM key is of low order
 */
export const deriveAsInitiator = (
  given: Parties & InitiatorKeys & { readonly ephS: Uint8Array },
  steps = honestSteps,
): Derivation => {
  const { strings, hpke } = exportContext(given, steps)
  const { enc, ephC } = deriveOffer(given)
  const { exported } = exportAsSender({ ...hpke, ikmE: given.ikmE, pkR: given.kemPublicKey, write: given.write?.enc })
  const secrets = combine(strings.exportCtx, exported, x25519(given.ephCPrivateKey, given.ephS), steps)
  return { ...strings, enc, ephC, ephS: given.ephS, ...secrets }
}

/**
 * The responder's side, by the `steps` of the protocol or by mistaken ones.
 * @throws Refusal `length`, or `agreement` when `enc` or `ephC` is of low order
 */
export const deriveAsResponder = (
  given: Parties & ResponderKeys & { readonly enc: Uint8Array; readonly ephC: Uint8Array },
  steps = honestSteps,
): Derivation => {
  const { strings, hpke } = exportContext(given, steps)
  const { exported } = exportAsReceiver({ ...hpke, skR: given.kemPrivateKey, pkR: given.kemPublicKey, enc: given.enc })
  const ephS = deriveX25519PublicKey(given.ephSPrivateKey)
  const secrets = combine(strings.exportCtx, exported, x25519(given.ephSPrivateKey, given.ephC), steps)
  return { ...strings, enc: given.enc, ephC: given.ephC, ephS, ...secrets }
}
