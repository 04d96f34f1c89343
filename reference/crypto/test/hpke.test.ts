import { Chacha20Poly1305 } from '@hpke/chacha20poly1305'
import { CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import fc from 'fast-check'
import t from 'tap'
import { encodeHex, parseHex } from '../../bytes/hex.js'
import { deriveKeyPair, exportAsReceiver, exportAsSender } from '../hpke.js'
import { cryptoParts } from '../parts.js'

t.test('the exporter gives RFC 9180 A.2.1.2', async t => {
  const ikmE = parseHex('909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b')
  const ikmR = parseHex('1ac01f181fdf9f352797655161c58b75c656a6cc2716dcb66372da835542e1df')
  const info = parseHex('4f6465206f6e2061204772656369616e2055726e')
  const receiver = deriveKeyPair(ikmR, cryptoParts)
  t.equal(encodeHex(receiver.publicKey), '4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a')
  const exports = [
    ['', '4bbd6243b8bb54cec311fac9df81841b6fd61f56538a775e7c80a9f40160606e'],
    ['00', '8c1df14732580e5501b00f82b10a1647b40713191b7c1240ac80e2b68808ba69'],
    ['54657374436f6e74657874', '5acb09211139c43b3090489a9da433e8a30ee7188ba8b0a9a1ccf0c229283e53'],
  ] as const
  for (const [context, value] of exports) {
    const input = { info, exporterContext: parseHex(context), length: 32 }
    const { enc, exported } = exportAsSender({ ...input, ikmE, pkR: receiver.publicKey }, cryptoParts)
    t.equal(encodeHex(enc), '1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a')
    t.equal(encodeHex(exported), value)
    t.equal(encodeHex(exportAsReceiver({ ...input, keyPair: receiver, enc }, cryptoParts)), value)
  }
})

t.test('sender and receiver agree with another implementation', async () => {
  const suite = new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Chacha20Poly1305(),
  })
  const buffer = (bytes: Uint8Array) => Uint8Array.from(bytes).buffer
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 })
  const some = fc.uint8Array({ maxLength: 80 })
  await fc.assert(
    fc.asyncProperty(
      key,
      key,
      some,
      some,
      fc.integer({ min: 1, max: 200 }),
      async (ikmE, ikmR, info, context, length) => {
        const receiver = deriveKeyPair(ikmR, cryptoParts)
        const input = { info, exporterContext: context, length }
        const { enc, exported } = exportAsSender({ ...input, ikmE, pkR: receiver.publicKey }, cryptoParts)

        const theirKey = await suite.kem.deriveKeyPair(buffer(ikmR))
        const theirs = await suite.createRecipientContext({
          recipientKey: theirKey,
          enc: buffer(enc),
          info: buffer(info),
        })
        const theirExport = encodeHex(new Uint8Array(await theirs.export(buffer(context), length)))
        t.equal(encodeHex(exported), theirExport)

        const sender = await suite.createSenderContext({ recipientPublicKey: theirKey.publicKey, info: buffer(info) })
        const ours = exportAsReceiver({ ...input, keyPair: receiver, enc: new Uint8Array(sender.enc) }, cryptoParts)
        t.equal(encodeHex(ours), encodeHex(new Uint8Array(await sender.export(buffer(context), length))))
      },
    ),
    { numRuns: 10 },
  )
})

t.test('a key of small order is refused on both sides', async t => {
  const refused = { code: 'authentication_failed' }
  const input = { info: new Uint8Array(), exporterContext: new Uint8Array(), length: 32 }
  const zero = new Uint8Array(32)
  const ikmE = new Uint8Array(32).fill(1)
  const keyPair = deriveKeyPair(ikmE, cryptoParts)
  t.throws(() => exportAsSender({ ...input, ikmE, pkR: zero }, cryptoParts), refused)
  t.throws(() => exportAsReceiver({ ...input, keyPair, enc: zero }, cryptoParts), refused)
})
