import fc from 'fast-check'
import t from 'tap'
import { parseJson, type Json } from '../../bytes/json.js'
import { encodeHex, parseHex } from '../../bytes/hex.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { deriveEd25519PublicKey } from '../../crypto/ed25519.js'
import { Refusal } from '../../refusal.js'
import { encodeBase58, parseBase58 } from '../base58.js'
import { encodeDidKey, parseDidKey } from '../did-key.js'
import { canonicalize } from '../jcs.js'
import { createResolver } from '../resolver.js'

t.test('draft-msporny-base58 §5: its test vectors', async t => {
  const cases = [
    [encodeUtf8('Hello World!'), '2NEpo7TZRRrLZSi2U'],
    [
      encodeUtf8('The quick brown fox jumps over the lazy dog.'),
      'USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z',
    ],
    [parseHex('0000287fb4cd'), '11233QC4'],
  ] as const
  for (const [bytes, text] of cases) {
    t.equal(encodeBase58(bytes), text)
    t.equal(encodeHex(parseBase58(text)), encodeHex(bytes))
  }
})

t.test('base58 comes back, zeros included, and its work is bounded', async t => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.nat(3), (bytes, zeros) => {
      const padded = Uint8Array.from([...new Uint8Array(zeros), ...bytes])
      t.equal(encodeHex(parseBase58(encodeBase58(padded))), encodeHex(padded))
    }),
  )
  for (const text of ['0', 'O', 'I', 'l', ' ', 'a b', 'é', 'ab\n'])
    t.throws(() => parseBase58(text), { name: 'Refusal', layer: 'encoding' }, text)
  t.throws(() => parseBase58('z'.repeat(513)), { name: 'Refusal', layer: 'length' })
})

t.test("did:key: the specification's vector of the seed of zeros", async t => {
  const publicKey = deriveEd25519PublicKey(new Uint8Array(32))
  const did = 'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp'
  t.equal(encodeDidKey(publicKey), did)
  t.equal(encodeHex(parseDidKey(did)), encodeHex(publicKey))
})

t.test('a did:key of any other form is refused', async t => {
  const key = deriveEd25519PublicKey(new Uint8Array(32))
  const z = (...bytes: number[]) => `did:key:z${encodeBase58(Uint8Array.from(bytes))}`
  const wrong = [
    z(0xec, 1, ...key),
    z(0xed, 2, ...key),
    z(0xed, 1, ...key, 0),
    z(0xed, 1, ...key.slice(1)),
    z(0, 0xed, 1, ...key),
    z(0xed, 1),
    'did:key:z',
    encodeDidKey(key).replace(':z', ':1z'),
    encodeDidKey(key).replace(':z', ':f'),
    `${encodeDidKey(key)}#key`,
    encodeDidKey(key).replace('did:key', 'did:web'),
    `did:key:z${'1'.repeat(500)}`,
  ]
  for (const did of wrong) t.throws(() => parseDidKey(did), { name: 'Refusal' }, did)
  const small = [Uint8Array.of(1, ...new Uint8Array(31)), new Uint8Array(32)]
  for (const point of small) t.throws(() => parseDidKey(encodeDidKey(point)), { name: 'Refusal', layer: 'key' })
})

t.test('a resolver knows did:key and the DIDs it was given, and admits no bad key', async t => {
  const key = deriveEd25519PublicKey(new Uint8Array(32))
  const resolve = createResolver(
    new Map([
      ['did:web:a', key],
      ['did:web:b', new Uint8Array(32)],
      [encodeDidKey(key), new Uint8Array(32)],
    ]),
  )
  t.equal(resolve('did:web:a'), key)
  t.equal(encodeHex(resolve(encodeDidKey(key))), encodeHex(key))
  t.throws(() => resolve('did:web:b'), { name: 'Refusal', layer: 'key' })
  t.throws(() => resolve('did:web:c'), { name: 'Refusal', layer: 'identity', rule: 'handshake.did-resolves' })
})

t.test('RFC 8785 §3.2.2 and §3.2.3: the sample, and the order of names', async t => {
  const sample = String.raw`{ "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false] }`
  t.equal(
    canonicalize(parseJson(sample, 'doubles')),
    String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  )
  const names = String.raw`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
    "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`
  t.same(Object.values(JSON.parse(canonicalize(parseJson(names, 'doubles')).replace('"1":', '"_1":')) as object), [
    'Carriage Return',
    'One',
    'Control',
    'Latin Small Letter O With Diaeresis',
    'Euro Sign',
    'Emoji: Grinning Face',
    'Hebrew Letter Dalet With Dagesh',
  ])
})

t.test('RFC 8785 appendix B: numbers', async t => {
  const cases = {
    '0000000000000000': '0',
    '8000000000000000': '0',
    '0000000000000001': '5e-324',
    '8000000000000001': '-5e-324',
    '7fefffffffffffff': '1.7976931348623157e+308',
    ffefffffffffffff: '-1.7976931348623157e+308',
    '4340000000000000': '9007199254740992',
    c340000000000000: '-9007199254740992',
    '4430000000000000': '295147905179352830000',
    '44b52d02c7e14af5': '9.999999999999997e+22',
    '44b52d02c7e14af6': '1e+23',
    '44b52d02c7e14af7': '1.0000000000000001e+23',
    '444b1ae4d6e2ef4e': '999999999999999700000',
    '444b1ae4d6e2ef4f': '999999999999999900000',
    '444b1ae4d6e2ef50': '1e+21',
    '3eb0c6f7a0b5ed8c': '9.999999999999997e-7',
    '3eb0c6f7a0b5ed8d': '0.000001',
    '41b3de4355555553': '333333333.3333332',
    '41b3de4355555554': '333333333.33333325',
    '41b3de4355555555': '333333333.3333333',
    '41b3de4355555556': '333333333.3333334',
    '41b3de4355555557': '333333333.33333343',
    becbf647612f3696: '-0.0000033333333333333333',
    '43143ff3c1cb0959': '1424953923781206.2',
  }
  const double = (bits: string) => new DataView(parseHex(bits).buffer as ArrayBuffer).getFloat64(0)
  for (const [bits, text] of Object.entries(cases)) t.equal(canonicalize(double(bits)), text, bits)
  for (const bits of ['7fffffffffffffff', '7ff0000000000000', 'fff0000000000000'])
    t.throws(() => canonicalize(double(bits)), { name: 'Refusal' }, bits)
})

t.test('canonical text is its own canonical text, whatever the order of members', async t => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), value => {
      try {
        const text = canonicalize(value as Json)
        return canonicalize(JSON.parse(text) as Json) === text
      } catch (error) {
        return error instanceof Refusal
      }
    }),
    { numRuns: 200 },
  )
  t.equal(canonicalize({ b: 1, a: { d: 1, c: 2 } }), canonicalize({ a: { c: 2, d: 1 }, b: 1 }))
  t.throws(() => canonicalize({ a: '\ud800' }), { name: 'Refusal', layer: 'encoding' })
  t.throws(() => canonicalize({ '\udc00': 1 }), { name: 'Refusal', layer: 'encoding' })
})
