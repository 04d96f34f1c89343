import { SageError } from '../bytes/sage-error.js'
import { parseEd25519PublicKey } from '../crypto/ed25519.js'
import { exportPublicKey, importPrivateKey, type PrivateKey } from '../crypto/raw-key.js'
import { x25519KeyPair, type KeyPair } from '../crypto/x25519.js'
import { encodeDidKey } from '../identity/did-key.js'
import { parseDid } from '../bytes/did.js'
import { systemEntropy, type Entropy } from './clock.js'

/** Who an agent is. The private keys are not enumerable and appear in no dump of the object. */
export class Identity {
  /** Its DID. */
  readonly did: string
  /** Ed25519, 32 bytes. */
  readonly signingPublicKey: Uint8Array
  /** X25519, 32 bytes. */
  readonly kemPublicKey: Uint8Array
  readonly #signingKey: Uint8Array
  readonly #kemKey: Uint8Array
  readonly #signer: PrivateKey
  readonly #kemKeyPair: KeyPair

  /**
   * @param signingKey Ed25519 seed, 32 bytes
   * @param kemKey X25519 private key, 32 bytes
   * @param did where the agent has another DID than the `did:key` of its signing key
   */
  constructor(signingKey: Uint8Array, kemKey: Uint8Array, did?: string) {
    this.#signingKey = Uint8Array.from(signingKey)
    this.#kemKey = Uint8Array.from(kemKey)
    this.#signer = importPrivateKey('Ed25519', signingKey)
    this.#kemKeyPair = x25519KeyPair(kemKey)
    this.signingPublicKey = parseEd25519PublicKey(exportPublicKey(this.#signer))
    this.kemPublicKey = this.#kemKeyPair.publicKey
    this.did = did ?? encodeDidKey(this.signingPublicKey)
  }

  /** Ed25519 seed, 32 bytes. */
  get signingKey(): Uint8Array {
    return this.#signingKey
  }

  /** X25519 private key, 32 bytes. */
  get kemKey(): Uint8Array {
    return this.#kemKey
  }

  /** Its signing key, imported once. */
  get signer(): PrivateKey {
    return this.#signer
  }

  /** Its KEM key, imported once, with the public one. */
  get kemKeyPair(): KeyPair {
    return this.#kemKeyPair
  }
}

/** What an identity is made of; what is absent is drawn at random. */
export interface IdentityOptions {
  /** Ed25519 seed, 32 bytes. */
  readonly signingKey?: Uint8Array
  /** X25519 private key, 32 bytes. */
  readonly kemKey?: Uint8Array
  /** A DID that resolves to the signing key; its `did:key` by default. */
  readonly did?: string
}

const key = (bytes: Uint8Array | undefined, entropy: Entropy): Uint8Array => {
  if (bytes !== undefined && bytes.length !== 32) throw new SageError('configuration', 'a private key has 32 bytes')
  return bytes ?? entropy(32)
}

/**
 * An identity with a signing key and a KEM key, a fresh `did:key` by default.
 * @throws SageError `configuration` when a key does not have 32 bytes, `malformed` when `did` is no DID
 */
export const createIdentity = (
  { signingKey, kemKey, did }: IdentityOptions = {},
  entropy: Entropy = systemEntropy,
): Identity => {
  if (did !== undefined) parseDid(did)
  return new Identity(key(signingKey, entropy), key(kemKey, entropy), did)
}
