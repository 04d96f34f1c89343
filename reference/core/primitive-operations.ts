import { authenticationFailed } from '../bytes/sage-error.js'
import type { OpInput } from './op-input.js'
import type { Operations } from './operation.js'

const exportInput = (input: OpInput) => ({
  info: input.bytes('info'),
  exporterContext: input.bytes('exporterContext'),
  length: input.integer('length'),
})

const aeadInput = (input: OpInput) => ({
  key: input.bytes('key', 32),
  nonce: input.bytes('nonce', 12),
  aad: input.bytes('aad'),
})

/** The primitives. */
export const primitiveOperations: Operations<
  | 'hkdf'
  | 'hpke.export-sender'
  | 'hpke.export-receiver'
  | 'x25519'
  | 'ed25519.sign'
  | 'ed25519.verify'
  | 'ed25519.public-key'
  | 'aead.seal'
  | 'aead.open'
> = {
  hkdf: (input, { parts }) => {
    const prk = parts.hkdfExtract(input.bytes('salt'), input.bytes('ikm'))
    return { prk, okm: parts.hkdfExpand(prk, input.bytes('info'), input.integer('length')) }
  },

  'hpke.export-sender': (input, { parts }) => ({
    ...parts.exportAsSender(
      { ...exportInput(input), ikmE: input.bytes('ikmE', 32), pkR: input.bytes('pkR', 32) },
      parts,
    ),
  }),

  'hpke.export-receiver': (input, { parts }) => {
    const privateKey = input.bytes('skR', 32)
    const keyPair = { privateKey, publicKey: parts.x25519PublicKey(privateKey) }
    return { exported: parts.exportAsReceiver({ ...exportInput(input), keyPair, enc: input.bytes('enc', 32) }, parts) }
  },

  x25519: (input, { parts }) => ({
    sharedSecret: parts.x25519(input.bytes('privateKey', 32), input.bytes('publicKey', 32)),
  }),

  'ed25519.sign': (input, { parts }) => {
    const privateKey = input.bytes('privateKey', 32)
    return {
      publicKey: parts.ed25519PublicKey(privateKey),
      signature: parts.signEd25519(privateKey, input.bytes('message')),
    }
  },

  'ed25519.verify': (input, { parts }) => {
    const publicKey = parts.parseEd25519PublicKey(input.bytes('publicKey'))
    if (!parts.isEd25519Signature(publicKey, input.bytes('message'), input.bytes('signature')))
      throw authenticationFailed()
    return {}
  },

  'ed25519.public-key': (input, { parts }) => {
    parts.parseEd25519PublicKey(input.bytes('publicKey'))
    return {}
  },

  'aead.seal': (input, { parts }) => ({ ciphertext: parts.sealAead(aeadInput(input), input.bytes('plaintext')) }),

  'aead.open': (input, { parts }) => ({ plaintext: parts.openAead(aeadInput(input), input.bytes('ciphertext')) }),
}
