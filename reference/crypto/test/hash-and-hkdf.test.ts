import fc from 'fast-check'
import { createHash, createHmac, hkdfSync } from 'node:crypto'
import t from 'tap'
import { encodeHex, parseHex } from '../../bytes/hex.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { equal } from '../equal.js'
import { erase } from '../erase.js'
import { hkdfExpand, hkdfExtract } from '../hkdf.js'
import { hmacSha256 } from '../hmac.js'
import { sha256 } from '../sha256.js'

const range = (from: number, to: number) => Uint8Array.from({ length: to - from + 1 }, (_, i) => from + i)
const bytes = fc.uint8Array({ maxLength: 150 })

t.test('HKDF gives the test vectors of RFC 5869, appendix A.1 to A.3', async t => {
  const vectors = [
    {
      ikm: new Uint8Array(22).fill(0x0b),
      salt: range(0x00, 0x0c),
      info: range(0xf0, 0xf9),
      prk: '077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5',
      okm: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    },
    {
      ikm: range(0x00, 0x4f),
      salt: range(0x60, 0xaf),
      info: range(0xb0, 0xff),
      prk: '06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244',
      okm:
        'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09' +
        'da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
    },
    {
      ikm: new Uint8Array(22).fill(0x0b),
      salt: new Uint8Array(),
      info: new Uint8Array(),
      prk: '19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04',
      okm: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    },
  ]
  for (const { ikm, salt, info, prk, okm } of vectors) {
    t.equal(encodeHex(hkdfExtract(salt, ikm)), prk)
    t.equal(encodeHex(hkdfExpand(parseHex(prk), info, okm.length / 2)), okm)
  }
})

t.test('HKDF agrees with OpenSSL for any input', async () => {
  fc.assert(
    fc.property(bytes, bytes, bytes, fc.integer({ min: 1, max: 8160 }), (salt, ikm, info, length) => {
      const expected = new Uint8Array(hkdfSync('sha256', ikm, salt, info, length))
      t.equal(encodeHex(hkdfExpand(hkdfExtract(salt, ikm), info, length)), encodeHex(expected))
    }),
    { numRuns: 50 },
  )
})

t.test('HKDF gives 0 to 8160 bytes and refuses any other length', async t => {
  const prk = new Uint8Array(32)
  t.equal(hkdfExpand(prk, prk, 0).length, 0)
  t.equal(hkdfExpand(prk, prk, 8160).length, 8160)
  for (const length of [-1, 8161, 1.5, NaN]) t.throws(() => hkdfExpand(prk, prk, length), { code: 'internal' })
})

t.test('HMAC-SHA256 gives RFC 4231 test case 2, and agrees with OpenSSL', async t => {
  t.equal(
    encodeHex(hmacSha256(encodeUtf8('Jefe'), encodeUtf8('what do ya want for nothing?'))),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  )
  fc.assert(
    fc.property(bytes, bytes, (key, message) => {
      t.equal(encodeHex(hmacSha256(key, message)), createHmac('sha256', key).update(message).digest('hex'))
    }),
    { numRuns: 50 },
  )
})

t.test('SHA-256 hashes its parts as one text', async t => {
  t.equal(
    encodeHex(sha256(encodeUtf8('a'), encodeUtf8('bc'))),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    'FIPS 180-4, "abc"',
  )
  t.equal(encodeHex(sha256()), createHash('sha256').digest('hex'))
})

t.test('equal compares content and length', async t => {
  t.ok(equal(range(1, 9), range(1, 9)))
  t.notOk(equal(range(1, 9), range(1, 8)))
  t.notOk(equal(range(1, 9), range(2, 10)))
  t.ok(equal(new Uint8Array(), new Uint8Array()))
})

t.test('erase leaves zeros', async t => {
  const secrets = [range(1, 9), range(1, 3)]
  erase(...secrets)
  t.ok(secrets.every(secret => secret.every(byte => byte === 0)))
})
