import fc from 'fast-check'
import t from 'tap'
import { ed25519 } from '@noble/curves/ed25519.js'
import { encodeHex, parseHex } from '../../bytes/hex.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { openAead, sealAead } from '../aead.js'
import {
  deriveEd25519PublicKey,
  ed25519KeyFault,
  isEd25519Signature,
  parseEd25519PublicKey,
  signEd25519,
} from '../ed25519.js'
import { hmacSha256, isEqual, sha256 } from '../hash.js'
import { hkdfExpand, hkdfExtract } from '../hkdf.js'
import { deriveX25519PublicKey, isLowOrder, x25519 } from '../x25519.js'

const range = (from: number, length: number) => Uint8Array.from({ length }, (_, index) => from + index)

t.test('RFC 5869 A.1 to A.3: HKDF with SHA-256', async t => {
  const cases = [
    {
      ikm: new Uint8Array(22).fill(0x0b),
      salt: range(0, 13),
      info: range(0xf0, 10),
      length: 42,
      prk: '077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5',
      okm: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    },
    {
      ikm: range(0, 80),
      salt: range(0x60, 80),
      info: range(0xb0, 80),
      length: 82,
      prk: '06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244',
      okm: 'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
    },
    {
      ikm: new Uint8Array(22).fill(0x0b),
      salt: range(0, 0),
      info: range(0, 0),
      length: 42,
      prk: '19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04',
      okm: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    },
  ]
  for (const { ikm, salt, info, length, prk, okm } of cases) {
    t.equal(encodeHex(hkdfExtract(salt, ikm)), prk)
    t.equal(encodeHex(hkdfExpand(parseHex(prk), info, length)), okm)
  }
  t.equal(hkdfExpand(range(0, 32), range(0, 0), 8160).length, 8160)
  t.equal(hkdfExpand(range(0, 32), range(0, 0), 0).length, 0)
  t.throws(() => hkdfExpand(range(0, 32), range(0, 0), 8161), { name: 'Refusal', layer: 'length' })
})

t.test('RFC 4231 §4.3 and FIPS 180-4: HMAC and SHA-256', async t => {
  t.equal(encodeHex(sha256(encodeUtf8('abc'))), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  t.equal(
    encodeHex(hmacSha256(encodeUtf8('Jefe'), encodeUtf8('what do ya want for nothing?'))),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  )
})

t.test('equality is of all bytes', async t => {
  t.ok(isEqual(range(0, 32), range(0, 32)))
  t.notOk(isEqual(range(0, 32), range(0, 31)))
  t.notOk(isEqual(range(0, 32), range(1, 32)))
})

t.test('RFC 7748 §5.2 and §6.1: X25519, bit 255 masked', async t => {
  const cases = [
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
    [
      '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a',
      'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
      '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
    ],
  ] as const
  for (const [privateKey, publicKey, shared] of cases)
    t.equal(encodeHex(x25519(parseHex(privateKey), parseHex(publicKey))), shared)
  t.equal(
    encodeHex(deriveX25519PublicKey(parseHex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'))),
    '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a',
  )
  t.equal(
    encodeHex(deriveX25519PublicKey(parseHex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'))),
    'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
  )
})

t.test('X25519 with a point of low order is refused, in every encoding of it', async t => {
  const p = 2n ** 255n - 19n
  const order8 = [
    325606250916557431795983626356110631294008115727848805560023387167927233504n,
    39382357235489614581723060781553021112529911719440698176882885853963445705823n,
  ]
  const encode = (u: bigint) => parseHex(u.toString(16).padStart(64, '0')).reverse()
  const points = [0n, 1n, ...order8, p - 1n, p, p + 1n]
  for (const u of [...points, ...points.map(point => point + 2n ** 255n)]) {
    t.throws(() => x25519(range(1, 32), encode(u)), { name: 'Refusal', layer: 'agreement' }, String(u))
    t.ok(isLowOrder(encode(u)))
  }
  for (const u of [2n, 9n, p + 2n, p - 2n]) t.notOk(isLowOrder(encode(u)), String(u))
  t.throws(() => x25519(range(0, 31), range(0, 32)), { name: 'Refusal', layer: 'length' })
  t.throws(() => x25519(range(0, 32), range(0, 33)), { name: 'Refusal', layer: 'length' })
})

t.test('RFC 8032 §7.1: Ed25519', async t => {
  const cases = [
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
    [
      '833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42',
      'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf',
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
      'dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704',
    ],
  ] as const
  for (const [seed, publicKey, message, signature] of cases) {
    t.equal(encodeHex(deriveEd25519PublicKey(parseHex(seed))), publicKey)
    t.equal(encodeHex(signEd25519(parseHex(seed), parseHex(message))), signature)
    t.ok(isEd25519Signature(parseHex(publicKey), parseHex(message), parseHex(signature)))
    t.notOk(isEd25519Signature(parseHex(publicKey), parseHex(`${message}00`), parseHex(signature)))
    t.notOk(isEd25519Signature(parseHex(publicKey), parseHex(message), parseHex(signature.slice(2))))
  }
})

t.test('a signature whose S is not below the group order is refused', async t => {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n
  const signature = signEd25519(range(0, 32), range(0, 3))
  const littleEndian = (bytes: Uint8Array) => BigInt(`0x${encodeHex(bytes.slice().reverse())}`)
  const s = parseHex((littleEndian(signature.slice(32)) + order).toString(16).padStart(64, '0')).reverse()
  const malleable = Uint8Array.from([...signature.slice(0, 32), ...s])
  t.ok(isEd25519Signature(deriveEd25519PublicKey(range(0, 32)), range(0, 3), signature))
  t.notOk(isEd25519Signature(deriveEd25519PublicKey(range(0, 32)), range(0, 3), malleable))
})

t.test('Ed25519 keys: small order, not canonical and off the curve are told apart and refused', async t => {
  const fault = (hex: string) => ed25519KeyFault(parseHex(hex))
  const zeros = '00'.repeat(30)
  // The eight points of small order, as ed25519.Point of @noble/curves gives them too.
  const small = [
    '01' + zeros + '00',
    'ec' + 'ff'.repeat(30) + '7f',
    '00' + zeros + '00',
    '00' + zeros + '80',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  ]
  for (const hex of small) {
    t.equal(fault(hex), 'identity.key-small-order', hex)
    t.ok(ed25519.Point.fromHex(hex).isSmallOrder(), hex)
  }
  const unusual = [
    '01' + zeros + '80',
    'ec' + 'ff'.repeat(31),
    'ed' + 'ff'.repeat(30) + '7f',
    'ee' + 'ff'.repeat(30) + '7f',
    'ff'.repeat(32),
    'f0' + 'ff'.repeat(30) + '7f',
  ]
  for (const hex of unusual) t.equal(fault(hex), 'identity.key-canonical', hex)
  t.equal(fault('02' + zeros + '00'), 'not on the curve')
  t.equal(fault('00'.repeat(31)), 'length')
  t.throws(() => parseEd25519PublicKey(parseHex(small[0] ?? '')), { name: 'Refusal', layer: 'key' })
  // Node takes this for a signature of any message; under a key that is admitted it could never be one.
  t.notOk(isEd25519Signature(parseHex('01' + zeros + '00'), range(0, 9), parseHex('01' + '00'.repeat(63))))
})

t.test('a point is on the curve exactly when @noble/curves finds it there', async () => {
  const onCurve = (bytes: Uint8Array) => {
    try {
      return !ed25519.Point.fromBytes(bytes).isSmallOrder()
    } catch {
      return false
    }
  }
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), bytes => !ed25519KeyFault(bytes) === onCurve(bytes)),
    { numRuns: 60 },
  )
})

t.test('RFC 8439 §2.8.2: ChaCha20-Poly1305', async t => {
  const key = range(0x80, 32)
  const nonce = parseHex('070000004041424344454647')
  const aad = parseHex('50515253c0c1c2c3c4c5c6c7')
  const plaintext = encodeUtf8(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  )
  const sealed = sealAead(key, nonce, aad, plaintext)
  t.equal(
    encodeHex(sealed),
    'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691',
  )
  t.equal(encodeHex(openAead(key, nonce, aad, sealed)), encodeHex(plaintext))
})

t.test('a sealed text opens unchanged only', async t => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
  fc.assert(
    fc.property(bytes(32), bytes(12), fc.uint8Array(), fc.uint8Array(), fc.nat(), (key, nonce, aad, plaintext, at) => {
      const sealed = sealAead(key, nonce, aad, plaintext)
      t.equal(encodeHex(openAead(key, nonce, aad, sealed)), encodeHex(plaintext))
      const bit = at % (sealed.length * 8)
      sealed[bit >> 3] = (sealed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      t.throws(() => openAead(key, nonce, aad, sealed), { name: 'Refusal', layer: 'aead' })
    }),
    { numRuns: 50 },
  )
  const [key, nonce, none] = [range(0, 32), range(0, 12), range(0, 0)]
  for (const wrong of [range(0, 31), range(0, 33), none])
    t.throws(() => sealAead(wrong, nonce, none, none), { name: 'Refusal', layer: 'length' })
  for (const wrong of [range(0, 11), range(0, 13), none])
    t.throws(() => openAead(key, wrong, none, range(0, 16)), { name: 'Refusal', layer: 'length' })
  t.throws(() => openAead(key, nonce, none, range(0, 15)), { name: 'Refusal', layer: 'length' })
})
