import type { Ask } from './case.js'
import { textOf } from './case.js'
import { fixedBytes } from './fixed.js'

/** An agent of the vectors: its DID and its keys, as hex. */
export interface Actor {
  readonly did: string
  readonly signing: string
  readonly publicKey: string
  readonly kem: string
  readonly kemPublic: string
}

const BASE_POINT = `09${'00'.repeat(31)}`

/** The X25519 public key of a private one. */
export const x25519Public = (ask: Ask, privateKey: string): string =>
  textOf(ask('x25519', { privateKey, publicKey: BASE_POINT }), 'sharedSecret')

/** The Ed25519 public key of a private one. */
export const ed25519Public = (ask: Ask, privateKey: string): string =>
  textOf(ask('ed25519.sign', { privateKey, message: '' }), 'publicKey')

/** The agent that `name` stands for; its DID is a did:key unless another is given. */
export const actor = (ask: Ask, name: string, did?: string): Actor => {
  const [signing, kem] = [fixedBytes(`${name} signing`), fixedBytes(`${name} kem`)]
  const publicKey = ed25519Public(ask, signing)
  return {
    did: did ?? textOf(ask('did-key.encode', { publicKey }), 'did'),
    signing,
    publicKey,
    kem,
    kemPublic: x25519Public(ask, kem),
  }
}
