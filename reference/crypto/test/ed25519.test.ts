import { ed25519 as curve } from '@noble/curves/ed25519.js'
import fc from 'fast-check'
import t from 'tap'
import { concat } from '../../bytes/concat.js'
import { encodeHex, parseHex } from '../../bytes/hex.js'
import { ed25519PublicKey, isEd25519Signature, parseEd25519PublicKey, signEd25519 } from '../ed25519.js'
import { importPrivateKey } from '../raw-key.js'

const refused = { name: 'SageError', code: 'authentication_failed' }
const seed = fc.uint8Array({ minLength: 32, maxLength: 32 })

t.test('an imported key signs as its bytes do', async t => {
  const [bytes, message] = [new Uint8Array(32).fill(7), new Uint8Array(100)]
  const signature = signEd25519(importPrivateKey('Ed25519', bytes), message)
  t.strictSame(signature, signEd25519(bytes, message))
  t.ok(isEd25519Signature(ed25519PublicKey(bytes), message, signature))
})

t.test('signing and verifying give the test vectors of RFC 8032 §7.1', async t => {
  const vectors = [
    [
      '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
    [
      'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ],
  ] as const
  for (const [privateKey, publicKey, message, signature] of vectors) {
    t.equal(encodeHex(ed25519PublicKey(parseHex(privateKey))), publicKey)
    t.equal(encodeHex(signEd25519(parseHex(privateKey), parseHex(message))), signature)
    t.ok(isEd25519Signature(parseHex(publicKey), parseHex(message), parseHex(signature)))
    t.strictSame(parseEd25519PublicKey(parseHex(publicKey)), parseHex(publicKey))
  }
})

t.test('a signature holds for its key and message, and no bit of it may change', async () => {
  fc.assert(
    fc.property(seed, fc.uint8Array({ maxLength: 60 }), fc.nat(511), (privateKey, message, bit) => {
      const publicKey = parseEd25519PublicKey(ed25519PublicKey(privateKey))
      const signature = signEd25519(privateKey, message)
      t.equal(encodeHex(signature), encodeHex(curve.sign(message, privateKey)))
      t.ok(isEd25519Signature(publicKey, message, signature))
      t.notOk(isEd25519Signature(publicKey, concat(message, Uint8Array.of(0)), signature))
      signature[bit >> 3]! ^= 1 << (bit & 7)
      t.notOk(isEd25519Signature(publicKey, message, signature))
    }),
    { numRuns: 30 },
  )
})

t.test('a signature whose S is L or more is no other spelling of it', async t => {
  const privateKey = new Uint8Array(32).fill(3)
  const message = parseHex('00')
  const signature = signEd25519(privateKey, message)
  const s =
    BigInt(`0x${encodeHex(signature.slice(32).reverse())}`) + 2n ** 252n + 27742317777372353535851937790883648493n
  const forged = concat(signature.slice(0, 32), parseHex(s.toString(16).padStart(64, '0')).reverse())
  t.notOk(isEd25519Signature(ed25519PublicKey(privateKey), message, forged))
})

t.test('wrong lengths verify nothing and throw nothing', async t => {
  const privateKey = new Uint8Array(32).fill(3)
  const signature = signEd25519(privateKey, signEd25519(privateKey, privateKey))
  t.notOk(isEd25519Signature(ed25519PublicKey(privateKey), privateKey, signature.subarray(1)))
  t.notOk(isEd25519Signature(privateKey.subarray(1), privateKey, signature))
  t.notOk(isEd25519Signature(new Uint8Array(32).fill(2), privateKey, signature), 'no point of the curve')
})

t.test('a public key of small order is refused in every spelling', async t => {
  const generator = '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'
  const order8 = curve.Point.fromHex(generator)
  t.ok(order8.isSmallOrder())
  let point = curve.Point.ZERO
  for (let i = 0; i < 8; i++, point = point.add(order8)) {
    const bytes = Uint8Array.from(point.toBytes())
    t.throws(() => parseEd25519PublicKey(bytes), refused, encodeHex(bytes))
    bytes[31]! ^= 0x80
    t.throws(() => parseEd25519PublicKey(bytes), refused, encodeHex(bytes))
  }
})

t.test('a public key that is not canonical is refused', async t => {
  for (const wrong of [
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    '0100000000000000000000000000000000000000000000000000000000000080',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  ])
    t.throws(() => parseEd25519PublicKey(parseHex(wrong)), refused, wrong)
  t.throws(() => parseEd25519PublicKey(new Uint8Array(31).fill(9)), refused)
  t.throws(() => parseEd25519PublicKey(new Uint8Array(33).fill(9)), refused)
})

t.test('every key that was made is accepted', async () => {
  fc.assert(
    fc.property(seed, privateKey => {
      const publicKey = ed25519PublicKey(privateKey)
      t.strictSame(parseEd25519PublicKey(publicKey), publicKey)
    }),
    { numRuns: 50 },
  )
})
