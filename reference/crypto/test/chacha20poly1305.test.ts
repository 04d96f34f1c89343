import fc from 'fast-check'
import t from 'tap'
import { encodeHex, parseHex } from '../../bytes/hex.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { openAead, sealAead, TAG_LENGTH } from '../chacha20poly1305.js'

const refused = { name: 'SageError', code: 'authentication_failed' }

t.test('sealing gives the example of RFC 8439 §2.8.2', async t => {
  const input = {
    key: parseHex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f'),
    nonce: parseHex('070000004041424344454647'),
    aad: parseHex('50515253c0c1c2c3c4c5c6c7'),
  }
  const plaintext = encodeUtf8(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  )
  const sealed = sealAead(input, plaintext)
  t.equal(
    encodeHex(sealed),
    'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b' +
      '1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc' +
      '3ff4def08e4b7a9de576d26586cec64b6116' +
      '1ae10b594f09e26a7e902ecbd0600691',
  )
  t.strictSame(openAead(input, sealed), plaintext)
})

t.test('what was sealed opens, and nothing that was changed does', async () => {
  const of = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
  const some = fc.uint8Array({ maxLength: 100 })
  fc.assert(
    fc.property(of(32), of(12), some, some, fc.nat(), (key, nonce, aad, plaintext, at) => {
      const input = { key, nonce, aad }
      const sealed = sealAead(input, plaintext)
      t.equal(sealed.length, plaintext.length + TAG_LENGTH)
      t.strictSame(openAead(input, sealed), plaintext)
      const damaged = Uint8Array.from(sealed)
      damaged[at % sealed.length]! ^= 1 << (at & 7)
      t.throws(() => openAead(input, damaged), refused)
      t.throws(() => openAead({ ...input, aad: Uint8Array.of(...aad, 0) }, sealed), refused)
      t.throws(() => openAead(input, sealed.subarray(0, at % sealed.length)), refused)
    }),
    { numRuns: 50 },
  )
})
