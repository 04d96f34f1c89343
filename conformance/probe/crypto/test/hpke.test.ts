import { Chacha20Poly1305 } from '@hpke/chacha20poly1305'
import { CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import t from 'tap'
import { concat } from '../../bytes/framing.js'
import { encodeHex, parseHex } from '../../bytes/hex.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { deriveHpkeKeyPair, exportAsReceiver, exportAsSender } from '../hpke.js'
import { sha256 } from '../hash.js'

t.test('RFC 9180 A.2.1 and A.2.1.2: key pairs, encapsulation and exported values', async t => {
  const info = parseHex('4f6465206f6e2061204772656369616e2055726e')
  const ikmE = parseHex('909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b')
  const ikmR = parseHex('1ac01f181fdf9f352797655161c58b75c656a6cc2716dcb66372da835542e1df')
  t.equal(
    encodeHex(deriveHpkeKeyPair(ikmE).privateKey),
    'f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600',
  )
  const { privateKey: skR, publicKey: pkR } = deriveHpkeKeyPair(ikmR)
  t.equal(encodeHex(skR), '8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb')
  t.equal(encodeHex(pkR), '4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a')
  const cases = [
    ['', '4bbd6243b8bb54cec311fac9df81841b6fd61f56538a775e7c80a9f40160606e'],
    ['00', '8c1df14732580e5501b00f82b10a1647b40713191b7c1240ac80e2b68808ba69'],
    ['54657374436f6e74657874', '5acb09211139c43b3090489a9da433e8a30ee7188ba8b0a9a1ccf0c229283e53'],
  ] as const
  for (const [context, value] of cases) {
    const common = { info, exporterContext: parseHex(context), length: 32 }
    const sent = exportAsSender({ ...common, ikmE, pkR })
    t.equal(encodeHex(sent.enc), '1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a')
    t.equal(encodeHex(sent.exported), value)
    t.equal(encodeHex(exportAsReceiver({ ...common, skR, enc: sent.enc }).exported), value)
  }
})

t.test('@hpke/core exports the same, as sender and as receiver', async t => {
  const suite = new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Chacha20Poly1305(),
  })
  const buffer = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer as ArrayBuffer
  for (let round = 0; round < 8; round += 1) {
    const draw = (label: string) => sha256(encodeUtf8(`${label} ${round}`))
    const [ikmE, ikmR] = [draw('ikmE'), draw('ikmR')]
    const info = concat(...Array.from({ length: round }, () => draw('info')))
    const exporterContext = concat(...Array.from({ length: round }, () => draw('context')))
    // @hpke/core writes I2OSP(L, 2) with one byte, so it is an oracle up to 255 bytes only.
    const length = 1 + 36 * round
    const { privateKey: skR, publicKey: pkR } = deriveHpkeKeyPair(ikmR)
    const ours = exportAsSender({ ikmE, pkR, info, exporterContext, length })

    const keys = await suite.kem.deriveKeyPair(buffer(ikmR))
    t.equal(encodeHex(new Uint8Array(await suite.kem.serializePublicKey(keys.publicKey))), encodeHex(pkR))
    const ekm = await suite.kem.deriveKeyPair(buffer(ikmE))
    const sender = await suite.createSenderContext({ recipientPublicKey: keys.publicKey, info: buffer(info), ekm })
    t.equal(encodeHex(new Uint8Array(sender.enc)), encodeHex(ours.enc))
    t.equal(encodeHex(new Uint8Array(await sender.export(buffer(exporterContext), length))), encodeHex(ours.exported))
    const recipient = await suite.createRecipientContext({
      recipientKey: keys.privateKey,
      enc: sender.enc,
      info: buffer(info),
    })
    const theirs = new Uint8Array(await recipient.export(buffer(exporterContext), length))
    t.equal(
      encodeHex(exportAsReceiver({ skR, enc: ours.enc, info, exporterContext, length }).exported),
      encodeHex(theirs),
    )
  }
})

t.test('an encapsulated or receiver key of low order is refused', async t => {
  const common = { info: new Uint8Array(0), exporterContext: new Uint8Array(0), length: 32 }
  const [zero, key] = [new Uint8Array(32), sha256(new Uint8Array(0))]
  t.throws(() => exportAsSender({ ...common, ikmE: key, pkR: zero }), { name: 'Refusal', layer: 'agreement' })
  t.throws(() => exportAsReceiver({ ...common, skR: key, enc: zero }), { name: 'Refusal', layer: 'agreement' })
})
