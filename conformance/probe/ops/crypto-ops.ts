import { openAead, sealAead } from '../crypto/aead.js'
import { deriveEd25519PublicKey, isEd25519Signature, parseEd25519PublicKey, signEd25519 } from '../crypto/ed25519.js'
import { hkdfExpand, hkdfExtract } from '../crypto/hkdf.js'
import { exportAsReceiver, exportAsSender } from '../crypto/hpke.js'
import { x25519 } from '../crypto/x25519.js'
import { Refusal } from '../refusal.js'
import { hex, integer, type Input } from './input.js'
import type { Operation } from './output.js'

const exportContext = (input: Input) => ({
  info: hex(input, 'info'),
  exporterContext: hex(input, 'exporterContext'),
  length: integer(input, 'length'),
})

/** The operations of vectors that are cryptography alone. */
export const cryptoOps = {
  hkdf: input => {
    const prk = hkdfExtract(hex(input, 'salt'), hex(input, 'ikm'))
    return { prk, okm: hkdfExpand(prk, hex(input, 'info'), integer(input, 'length')) }
  },

  'hpke.export-sender': input =>
    exportAsSender({ ...exportContext(input), ikmE: hex(input, 'ikmE'), pkR: hex(input, 'pkR') }),

  'hpke.export-receiver': input =>
    exportAsReceiver({ ...exportContext(input), skR: hex(input, 'skR'), enc: hex(input, 'enc') }),

  x25519: input => ({ sharedSecret: x25519(hex(input, 'privateKey'), hex(input, 'publicKey')) }),

  'ed25519.sign': input => {
    const privateKey = hex(input, 'privateKey')
    const signature = signEd25519(privateKey, hex(input, 'message'))
    return { publicKey: deriveEd25519PublicKey(privateKey), signature }
  },

  'ed25519.verify': input => {
    const publicKey = parseEd25519PublicKey(hex(input, 'publicKey'))
    if (!isEd25519Signature(publicKey, hex(input, 'message'), hex(input, 'signature')))
      throw new Refusal('signature', 'identity.signature-strict')
    return {}
  },

  'ed25519.public-key': input => {
    parseEd25519PublicKey(hex(input, 'publicKey'))
    return {}
  },

  'aead.seal': input => ({
    ciphertext: sealAead(hex(input, 'key'), hex(input, 'nonce'), hex(input, 'aad'), hex(input, 'plaintext')),
  }),

  'aead.open': input => ({
    plaintext: openAead(hex(input, 'key'), hex(input, 'nonce'), hex(input, 'aad'), hex(input, 'ciphertext')),
  }),
} satisfies Record<string, Operation<Input>>
