import { x25519 as curve } from '@noble/curves/ed25519.js'
import fc from 'fast-check'
import t from 'tap'
import { encodeHex, parseHex } from '../../bytes/hex.js'
import { isSmallOrderX25519, x25519, x25519KeyPair, x25519PublicKey } from '../x25519.js'
import { importPrivateKey } from '../raw-key.js'

const refused = { name: 'SageError', code: 'authentication_failed' }
const key = fc.uint8Array({ minLength: 32, maxLength: 32 })

t.test('the function gives the test vectors of RFC 7748 §5.2', async t => {
  const vectors = [
    [
      'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
      'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
      'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
    ],
    [
      '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
      'e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493',
      '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957',
    ],
  ] as const
  for (const [scalar, u, result] of vectors) t.equal(encodeHex(x25519(parseHex(scalar), parseHex(u))), result)

  let k = parseHex('0900000000000000000000000000000000000000000000000000000000000000')
  let u = k
  for (let i = 0; i < 1000; i++) {
    const next = x25519(k, u)
    u = k
    k = next
    if (i === 0) t.equal(encodeHex(k), '422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079')
  }
  t.equal(encodeHex(k), '684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51')
})

t.test('the exchange gives the example of RFC 7748 §6.1', async t => {
  const alice = x25519KeyPair(parseHex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'))
  const bob = x25519KeyPair(parseHex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'))
  t.equal(encodeHex(alice.publicKey), '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a')
  t.equal(encodeHex(bob.publicKey), 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f')
  const shared = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742'
  t.equal(encodeHex(x25519(alice.privateKey, bob.publicKey)), shared)
  t.equal(encodeHex(x25519(bob.privateKey, alice.publicKey)), shared)
})

t.test('an imported key is the key that its bytes are', async t => {
  const [bytes, other] = [new Uint8Array(32).fill(7), x25519PublicKey(new Uint8Array(32).fill(8))]
  const imported = importPrivateKey('X25519', bytes)
  t.strictSame(x25519PublicKey(imported), x25519PublicKey(bytes))
  t.strictSame(x25519(imported, other), x25519(bytes, other))
  t.strictSame(x25519KeyPair(bytes).publicKey, x25519PublicKey(bytes))
  bytes.fill(0)
  t.notSame(x25519(imported, other), x25519(bytes, other))
})

t.test('bit 255 is masked, and a coordinate of p or more is taken modulo p', async t => {
  const scalar = new Uint8Array(32).fill(7)
  const base = x25519PublicKey(scalar)
  for (const nine of [
    '0900000000000000000000000000000000000000000000000000000000000080',
    'f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  ])
    t.strictSame(x25519(scalar, parseHex(nine)), base, nine)
})

const smallOrder = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].flatMap(low => {
  const masked = parseHex(low)
  masked[31]! |= 0x80
  return [parseHex(low), masked]
})

t.test('a public key of small order is seen, and gives no secret', async t => {
  for (const publicKey of smallOrder) {
    t.ok(isSmallOrderX25519(publicKey), encodeHex(publicKey))
    t.throws(() => x25519(new Uint8Array(32).fill(7), publicKey), refused)
  }
})

t.test('exactly the keys that give all zeros are of small order', async () => {
  // Small coordinates and those around p: where the edge cases live.
  const near = fc.tuple(fc.constantFrom('00', 'ff'), fc.integer({ min: 0, max: 255 })).map(([fill, last]) => {
    const bytes = parseHex(fill.repeat(32))
    bytes[0] = last
    return bytes
  })
  fc.assert(
    fc.property(fc.oneof(key, near), key, (publicKey, scalar) => {
      let zero = false
      try {
        x25519(scalar, publicKey)
      } catch {
        zero = true
      }
      t.equal(isSmallOrderX25519(publicKey), zero, encodeHex(publicKey))
    }),
    { numRuns: 200 },
  )
})

t.test('any exchange agrees with another implementation', async () => {
  fc.assert(
    fc.property(key, key, (scalar, seed) => {
      const publicKey = x25519PublicKey(seed)
      t.equal(encodeHex(publicKey), encodeHex(curve.getPublicKey(seed)))
      t.equal(encodeHex(x25519(scalar, publicKey)), encodeHex(curve.getSharedSecret(scalar, publicKey)))
    }),
    { numRuns: 20 },
  )
})
