import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { createHash, createHmac, hkdfSync } from 'node:crypto'
import t from 'tap'
import { encodeHex, parseHex } from '../../bytes/hex.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { equal } from '../equal.js'
import { erase } from '../erase.js'
import { hkdfExpand, hkdfExtract } from '../hkdf.js'
import { hmacSha256 } from '../hmac.js'
import { expandInto, Hmac } from '../hmac-states.js'
import { initialState } from '../sha256-compress.js'
import { Sha256Stream } from '../sha256-stream.js'
import { leftIn } from './left-in.js'
import { sha256 } from '../sha256.js'

const range = (from: number, to: number) => Uint8Array.from({ length: to - from + 1 }, (_, i) => from + i)
const bytes = fc.uint8Array({ maxLength: 150 })

const states = new Hmac()
const macByStates = (key: Uint8Array, message: Uint8Array): Uint8Array => {
  const tag = new Uint8Array(32)
  states.setKey(key)
  states.begin()
  states.update(message)
  states.finish(tag)
  return tag
}
const expandByStates = (prk: Uint8Array, info: Uint8Array, length: number): Uint8Array => {
  const okm = new Uint8Array(length)
  states.setKey(prk)
  expandInto(states, info, okm, 0, length)
  return okm
}

/** What derives everything but the keys of sessions, and what derives those. */
const both = [
  { name: 'in one call', mac: hmacSha256, extract: hkdfExtract, expand: hkdfExpand },
  { name: 'by states', mac: macByStates, extract: macByStates, expand: expandByStates },
]

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
    for (const { name, extract, expand } of both) {
      t.equal(encodeHex(extract(salt, ikm)), prk, name)
      t.equal(encodeHex(expand(parseHex(prk), info, okm.length / 2)), okm, name)
    }
  }
})

t.test('HKDF agrees with OpenSSL for any input', async () => {
  fc.assert(
    fc.property(bytes, bytes, bytes, fc.integer({ min: 1, max: 8160 }), (salt, ikm, info, length) => {
      const expected = new Uint8Array(hkdfSync('sha256', ikm, salt, info, length))
      for (const { name, extract, expand } of both)
        t.equal(encodeHex(expand(extract(salt, ikm), info, length)), encodeHex(expected), name)
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

t.test('HMAC-SHA256 gives the test vectors of RFC 4231, §4.2 to §4.8', async t => {
  const longKey = new Uint8Array(131).fill(0xaa)
  const vectors = [
    [new Uint8Array(20).fill(0x0b), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [
      encodeUtf8('Jefe'),
      'what do ya want for nothing?',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      new Uint8Array(20).fill(0xaa),
      new Uint8Array(50).fill(0xdd),
      '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
    ],
    [
      range(0x01, 0x19),
      new Uint8Array(50).fill(0xcd),
      '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
    ],
    [new Uint8Array(20).fill(0x0c), 'Test With Truncation', 'a3b6167473100ee06e0c796c2955552b'],
    [
      longKey,
      'Test Using Larger Than Block-Size Key - Hash Key First',
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
    [
      longKey,
      'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be ' +
        'hashed before being used by the HMAC algorithm.',
      '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
    ],
  ] as const
  for (const [key, message, tag] of vectors) {
    const bytes = typeof message === 'string' ? encodeUtf8(message) : message
    for (const { name, mac } of both) t.equal(encodeHex(mac(key, bytes)).slice(0, tag.length), tag, name)
  }
})

t.test('HMAC-SHA256 and HKDF agree with OpenSSL and with noble, whatever came before', async () => {
  fc.assert(
    fc.property(bytes, bytes, bytes, fc.integer({ min: 1, max: 300 }), (key, message, info, length) => {
      for (const { name, mac, extract, expand } of both) {
        const tag = encodeHex(mac(key, message))
        t.equal(tag, createHmac('sha256', key).update(message).digest('hex'), name)
        t.equal(tag, encodeHex(hmac(nobleSha256, key, message)), name)
        t.equal(
          encodeHex(expand(extract(key, message), info, length)),
          encodeHex(hkdf(nobleSha256, message, key, info, length)),
          name,
        )
      }
    }),
    { numRuns: 200 },
  )
})

t.test('SHA-256 of a stream is that of its text, at every length and however it is cut', async t => {
  const stream = new Sha256Stream()
  const text = range(0, 299)
  const hash = new Uint8Array(34)
  for (let length = 0; length <= 300; length++) {
    stream.begin()
    for (let at = 0, step = 1; at < length; at += step++) stream.update(text, at, Math.min(length, at + step))
    stream.finish(hash, 1)
    const whole = text.subarray(0, length)
    t.equal(encodeHex(hash), `00${createHash('sha256').update(whole).digest('hex')}00`, `${length} bytes`)
    t.strictSame(nobleSha256(whole), hash.subarray(1, 33))
  }
})

t.test('the length of a stream is one of 64 bits', async t => {
  const length = 2 ** 29 + 64
  const blocks: number[][] = []
  const stream = new Sha256Stream((_state, words) => blocks.push([...words.subarray(0, 16)]))
  stream.begin(initialState, length)
  stream.finish(new Uint8Array(32))
  t.strictSame(blocks, [[0x80000000 | 0, ...Array<number>(13).fill(0), 1, 0x200]])
})

t.test('a MAC that is erased holds nothing of its key and its messages', async t => {
  const mac = new Hmac()
  const key = range(1, 32)
  mac.setKey(key)
  mac.begin()
  mac.update(range(1, 100))
  mac.finish(new Uint8Array(32))
  t.ok(leftIn(mac) > 0)
  mac.erase()
  t.equal(leftIn(mac), 0)
  t.strictSame(key, range(1, 32), "the key is still its owner's")
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
