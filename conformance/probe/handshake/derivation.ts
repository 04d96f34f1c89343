import { concat } from '../bytes/framing.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { hkdfExpand, hkdfExtract } from '../crypto/hkdf.js'
import { deriveHpkeKeyPair, exportAsReceiver, exportAsSender } from '../crypto/hpke.js'
import { deriveX25519PublicKey, x25519 } from '../crypto/x25519.js'
import { exportCtxOf, infoOf, type Parties } from './strings.js'

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
}

/** What a responder brings: private keys of 32 bytes each. */
export interface ResponderKeys {
  readonly kemPrivateKey: Uint8Array
  readonly ephSPrivateKey: Uint8Array
}

const exportContext = ({ ctx, initDid, respDid }: Parties) => {
  const [info, exportCtx] = [infoOf({ ctx, initDid, respDid }), exportCtxOf(ctx)]
  return {
    strings: { ctx, initDid, respDid, info, exportCtx },
    hpke: { info: encodeUtf8(info), exporterContext: encodeUtf8(exportCtx), length: 32 },
  }
}

const combine = (exportCtx: string, exporter: Uint8Array, ssE2E: Uint8Array) => {
  const prk = hkdfExtract(encodeUtf8(exportCtx), concat(exporter, ssE2E))
  return { exporter, ssE2E, prk, seed: hkdfExpand(prk, encodeUtf8('SAGE-HPKE+E2E-Combiner'), 32) }
}

/** What an initiator can say before it has an answer: its two public keys, 32 bytes each. */
export const deriveOffer = (keys: Pick<InitiatorKeys, 'ikmE' | 'ephCPrivateKey'>) => ({
  enc: deriveHpkeKeyPair(keys.ikmE).publicKey,
  ephC: deriveX25519PublicKey(keys.ephCPrivateKey),
})

/**
 * The initiator's side.
 * @throws Refusal `length`, or `agreement` when `ephS` or the KEM key is of low order
 */
export const deriveAsInitiator = (given: Parties & InitiatorKeys & { readonly ephS: Uint8Array }): Derivation => {
  const { strings, hpke } = exportContext(given)
  const { enc, exported } = exportAsSender({ ...hpke, ikmE: given.ikmE, pkR: given.kemPublicKey })
  const ephC = deriveX25519PublicKey(given.ephCPrivateKey)
  const secrets = combine(strings.exportCtx, exported, x25519(given.ephCPrivateKey, given.ephS))
  return { ...strings, enc, ephC, ephS: given.ephS, ...secrets }
}

/**
 * The responder's side.
 * @throws Refusal `length`, or `agreement` when `enc` or `ephC` is of low order
 */
export const deriveAsResponder = (
  given: Parties & ResponderKeys & { readonly enc: Uint8Array; readonly ephC: Uint8Array },
): Derivation => {
  const { strings, hpke } = exportContext(given)
  const { exported } = exportAsReceiver({ ...hpke, skR: given.kemPrivateKey, enc: given.enc })
  const ephS = deriveX25519PublicKey(given.ephSPrivateKey)
  const secrets = combine(strings.exportCtx, exported, x25519(given.ephSPrivateKey, given.ephC))
  return { ...strings, enc: given.enc, ephC: given.ephC, ephS, ...secrets }
}
