import type { Case, Family } from '../case.js'
import { fixedBytes, flipped, hexOf, repeated } from '../fixed.js'
import { nonCanonicalEd25519, smallOrderEd25519, smallOrderX25519, withHighBit } from '../points.js'
import { withIdentityAsR, withOrderAdded } from '../signatures.js'

// RFC 8032 §7.1: secret key, public key, message, signature.
const rfc8032 = [
  [
    '1',
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '2',
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    '3',
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
  [
    'sha-abc',
    '833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42',
    'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf',
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    'dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704',
  ],
] as const

const [, signingKey, publicKey, , signature] = rfc8032[1]
const message = '72'

// ed25519-speccheck, cases 3 and 4: a public key with a component of small order.
const mixedKey = 'cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d'

const verifyReject = (
  id: string,
  comment: string,
  input: { publicKey?: string; message?: string; signature?: string },
  rest: Pick<Case, 'flags' | 'requirements' | 'reject'>,
): Case => ({ id: `verify-${id}`, comment, input: { publicKey, message, signature, ...input }, ...rest })

const badSignature = {
  flags: ['ForgedSignature'],
  requirements: ['identity.signature-strict'],
  reject: 'signature',
} as const

const verify: readonly Case[] = [
  {
    id: 'verify-mixed-order-key',
    comment:
      'a key with a component of small order, under which this signature satisfies the equation without cofactor',
    flags: ['ForgedSignature'],
    requirements: ['identity.signature-strict'],
    input: {
      publicKey: mixedKey,
      message: '9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79',
      signature:
        '9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009',
    },
  },
  verifyReject(
    'cofactor-only',
    'a signature that satisfies the equation only when it is multiplied by the cofactor',
    {
      publicKey: mixedKey,
      message: 'e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c',
      signature:
        '160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09',
    },
    badSignature,
  ),
  verifyReject(
    's-plus-order',
    'S with the group order added: the same equation',
    { signature: withOrderAdded(signature) },
    badSignature,
  ),
  verifyReject('s-all-ff', 'the largest S', { signature: signature.slice(0, 64) + repeated(0xff, 32) }, badSignature),
  ...[
    ['y is p + 1', `ee${'ff'.repeat(30)}7f`],
    ['x is 0 with the sign bit', `01${'00'.repeat(30)}80`],
  ].map(([how, r], index) =>
    verifyReject(
      `r-not-canonical-${index + 1}`,
      `R is the identity in another encoding (${how}): the equation holds for the point, not for its encoding`,
      { signature: withIdentityAsR(signingKey, publicKey, message, r!) },
      { ...badSignature, flags: ['NonCanonical'] },
    ),
  ),
  verifyReject('r-flipped', 'one bit of R', { signature: flipped(signature, 0) }, badSignature),
  verifyReject('s-flipped', 'one bit of S', { signature: flipped(signature, 32) }, badSignature),
  verifyReject('message-changed', 'another message', { message: '73' }, badSignature),
  verifyReject('message-empty', 'no message', { message: '' }, badSignature),
  verifyReject(
    'other-key',
    'the key of another test',
    { publicKey: rfc8032[0][2] },
    { ...badSignature, flags: ['WrongKey'] },
  ),
  verifyReject('all-zero', 'a signature of zeros', { signature: repeated(0, 64) }, badSignature),
  verifyReject(
    '63-bytes',
    'a signature of 63 bytes',
    { signature: signature.slice(0, 126) },
    { ...badSignature, flags: ['Length'] },
  ),
  verifyReject(
    '65-bytes',
    'a signature of 65 bytes',
    { signature: `${signature}00` },
    { ...badSignature, flags: ['Length'] },
  ),
  verifyReject('empty', 'no signature', { signature: '' }, { ...badSignature, flags: ['Length'] }),
  ...smallOrderEd25519.map(({ name, bytes }) =>
    verifyReject(
      `small-order-${name}`,
      `a key of small order (${name}), R the identity, S zero: for one message in at most 8 the equation holds, for the identity always`,
      { publicKey: bytes, message: hexOf('any message'), signature: `01${'00'.repeat(63)}` },
      { flags: ['SmallOrder'], requirements: ['identity.key-small-order'], reject: 'key' },
    ),
  ),
]

const publicKeys: readonly Case[] = [
  ...rfc8032.slice(0, 2).map(([name, , key]) => ({
    id: `public-key-rfc8032-${name}`,
    comment: 'a public key of RFC 8032',
    flags: ['Honest'] as const,
    requirements: ['identity.key-canonical', 'identity.key-small-order'] as const,
    input: { publicKey: key },
  })),
  {
    id: 'public-key-mixed-order',
    comment: 'a point of large order with a component of small order: eight times itself is not the identity',
    flags: ['SmallOrder'],
    requirements: ['identity.key-small-order'],
    input: { publicKey: mixedKey },
  },
  ...smallOrderEd25519.map(({ name, bytes }) => ({
    id: `public-key-small-order-${name}`,
    comment: `a point of small order: ${name}`,
    flags: ['SmallOrder'] as const,
    requirements: ['identity.key-small-order'] as const,
    input: { publicKey: bytes },
    reject: 'key' as const,
  })),
  ...nonCanonicalEd25519.map(({ name, bytes }) => ({
    id: `public-key-non-canonical-${name}`,
    comment: `an encoding that is not canonical: ${name}`,
    flags: ['NonCanonical'] as const,
    requirements: ['identity.key-canonical'] as const,
    input: { publicKey: bytes },
    reject: 'key' as const,
  })),
  ...[31, 33, 0].map(length => ({
    id: `public-key-${length}-bytes`,
    comment: `${length} bytes`,
    flags: ['Length'] as const,
    requirements: ['identity.key-canonical'] as const,
    input: { publicKey: fixedBytes('key of another length', length) },
    reject: 'key' as const,
  })),
]

const x25519Rfc: readonly Case[] = (
  [
    [
      '5-2-first',
      '§5.2, first',
      'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
      'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
      'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
    ],
    [
      '5-2-second',
      '§5.2, second; bit 255 of the public key is set',
      '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
      'e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493',
      '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957',
    ],
    [
      '6-1-alice',
      '§6.1, the side of Alice',
      '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a',
      'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
      '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
    ],
    [
      '6-1-bob',
      '§6.1, the side of Bob',
      '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb',
      '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a',
      '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
    ],
  ] as const
).map(([id, where, privateKey, publicKey, sharedSecret]) => ({
  id: `x25519-rfc7748-${id}`,
  comment: `RFC 7748 ${where}`,
  flags: ['Rfc'],
  requirements: ['handshake.shared-secret'],
  input: { privateKey, publicKey },
  pinned: { sharedSecret },
}))

const bob = 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'
const privateKey = fixedBytes('x25519 private')

const x25519: readonly Case[] = [
  {
    id: 'x25519-high-bit',
    comment: 'bit 255 is set on the key of RFC 7748 §6.1: the same secret as for Alice',
    flags: ['HighBit'],
    requirements: ['identity.x25519-masking'],
    input: { privateKey: x25519Rfc[2]!.input['privateKey'], publicKey: withHighBit(bob) },
    pinned: { sharedSecret: '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742' },
  },
  {
    id: 'x25519-coordinate-9',
    comment: 'the base point',
    flags: ['HighBit'],
    requirements: ['identity.x25519-masking'],
    input: { privateKey, publicKey: `09${'00'.repeat(31)}` },
  },
  {
    id: 'x25519-coordinate-p-plus-9',
    comment: 'the base point once more, its coordinate written as p + 9: the same secret',
    flags: ['HighBit'],
    requirements: ['identity.x25519-masking'],
    input: { privateKey, publicKey: `f6${'ff'.repeat(30)}7f` },
  },
  {
    id: 'x25519-coordinate-all-ff',
    comment: 'every bit set: bit 255 is masked and 2^255 - 1 is taken modulo p, which makes 18',
    flags: ['HighBit'],
    requirements: ['identity.x25519-masking'],
    input: { privateKey, publicKey: repeated(0xff, 32) },
  },
  ...smallOrderX25519.map(({ name, bytes }) => ({
    id: `x25519-small-order-${name}`,
    comment: `a public key of small order (${name}): the result is all zero`,
    flags: ['SmallOrder'] as const,
    requirements: ['handshake.all-zero'] as const,
    input: { privateKey, publicKey: bytes },
    reject: 'agreement' as const,
  })),
]

/** Public keys, signatures and shared secrets, honest and hostile. */
export const keys = (): Family => ({
  name: 'keys',
  title: 'Ed25519 and X25519: public keys, signatures, shared secrets',
  anchor: 'RFC 8032 §7.1, RFC 7748 §5.2 and §6.1, ed25519-speccheck cases 3 and 4; none for the other refusals',
  groups: [
    {
      op: 'ed25519.sign',
      source: 'RFC 8032 §7.1',
      cases: rfc8032.map(([name, privateKey, publicKey, message, signature]) => ({
        id: `sign-rfc8032-${name}`,
        comment: `RFC 8032 §7.1, test ${name}`,
        flags: ['Rfc'],
        input: { privateKey, message },
        pinned: { publicKey, signature },
      })),
    },
    {
      op: 'ed25519.verify',
      source: 'RFC 8032 §7.1',
      cases: rfc8032.map(([name, , publicKey, message, signature]) => ({
        id: `verify-rfc8032-${name}`,
        comment: `RFC 8032 §7.1, test ${name}`,
        flags: ['Rfc'],
        requirements: ['identity.signature-strict'],
        input: { publicKey, message, signature },
      })),
    },
    { op: 'ed25519.verify', cases: verify },
    { op: 'ed25519.public-key', cases: publicKeys },
    { op: 'x25519', source: 'RFC 7748 §5.2, §6.1', cases: x25519Rfc },
    { op: 'x25519', cases: x25519 },
  ],
})
