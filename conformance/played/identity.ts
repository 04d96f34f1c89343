import { deriveEd25519PublicKey, signEd25519 } from '../probe/crypto/ed25519.js'
import { deriveX25519PublicKey } from '../probe/crypto/x25519.js'
import type { Entropy } from '../probe/entropy.js'
import { encodeDidKey } from '../probe/identity/did-key.js'

/** Who a played responder is. Keys are raw, 32 bytes. */
export interface PlayedIdentity {
  readonly did: string
  readonly signingPublicKey: Uint8Array
  readonly kemPrivateKey: Uint8Array
  readonly kemPublicKey: Uint8Array
  /** Signs, or does what passes for it: 64 bytes. */
  readonly sign: (message: Uint8Array) => Uint8Array
}

/** A `did:key` and its KEM key, of the next 64 bytes. */
export const createPlayedIdentity = (entropy: Entropy): PlayedIdentity => {
  const [privateKey, kemPrivateKey] = [entropy(32), entropy(32)]
  const signingPublicKey = deriveEd25519PublicKey(privateKey)
  return {
    did: encodeDidKey(signingPublicKey),
    signingPublicKey,
    kemPrivateKey,
    kemPublicKey: deriveX25519PublicKey(kemPrivateKey),
    sign: message => signEd25519(privateKey, message),
  }
}

/**
 * The identity under an Ed25519 public key of small order, as somebody has it who knows no private key at all: R = the
 * neutral element and S = 0 satisfy `[S]B = R + [k]A` for every message whenever A is the neutral element itself.
 */
export const forgeIdentity = (honest: PlayedIdentity, signingPublicKey: Uint8Array): PlayedIdentity => ({
  ...honest,
  did: encodeDidKey(signingPublicKey),
  signingPublicKey,
  sign: () => Uint8Array.from({ length: 64 }, (_, index) => (index === 0 ? 1 : 0)),
})
