import { encodeHex } from '../../bytes/hex.js'
import { be64 } from '../../bytes/integers.js'
import type { Ask, Case, Family, Layer, Values } from '../case.js'
import { textOf } from '../case.js'
import { counting, fixedBytes, flipped, hexOf } from '../fixed.js'
import * as mistakes from '../mistakes/session.js'
import type { Flag } from '../notes.js'

const rfc8439 = {
  key: counting(0x80, 32),
  nonce: '070000004041424344454647',
  aad: '50515253c0c1c2c3c4c5c6c7',
  plaintext: hexOf(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  ),
  ciphertext:
    'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b29' +
    '05d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b' +
    '61161ae10b594f09e26a7e902ecbd0600691',
}

const sequences: readonly (readonly [id: string, comment: string, seq: bigint])[] = [
  ['0', 'the first record', 0n],
  ['1', 'the second record', 1n],
  ['255', 'the last number of one byte', 255n],
  ['256', 'the first number of two bytes', 256n],
  ['2-pow-32-minus-1', 'the last number of 32 bits', 2n ** 32n - 1n],
  ['2-pow-32', 'the first number beyond 32 bits', 2n ** 32n],
  ['2-pow-53-minus-1', 'the last integer of a double', 2n ** 53n - 1n],
  ['2-pow-53-plus-1', 'the first integer that a double does not hold', 2n ** 53n + 1n],
  ['2-pow-63', 'the first number that is negative with a sign', 2n ** 63n],
  ['2-pow-64-minus-1', 'the last number', 2n ** 64n - 1n],
]

const [key, otherKey] = [fixedBytes('record c2s'), fixedBytes('record s2c')]
const callerAad = hexOf('caller aad')
const base: Values = {
  key,
  seq: '7',
  nonce: fixedBytes('record nonce', 12),
  callerAad,
  plaintext: hexOf('a record of the vectors'),
}
const nearMisses = [
  mistakes.recordAadWithoutSeq,
  mistakes.recordAadSeqLast,
  mistakes.recordAadLittleEndian,
  mistakes.recordAadWithoutCaller,
]

const seals: readonly Case[] = [
  {
    id: 'seal-honest',
    comment: 'any record',
    flags: ['Honest', 'NearMiss'],
    requirements: ['record.layout'],
    input: base,
    mistakes: nearMisses,
  },
  ...[0, 1, 15, 16, 17, 63, 64, 65, 255, 256, 1000].map((length): Case => ({
    id: `seal-${length}-bytes`,
    comment: `a plaintext of ${length} bytes`,
    flags: ['BlockBoundary'],
    requirements: ['record.layout'],
    input: { ...base, plaintext: fixedBytes(`plaintext ${length}`, length) },
  })),
  ...sequences.map(([id, comment, seq]): Case => ({
    id: `seal-seq-${id}`,
    comment,
    flags: seq > 255n ? ['BigSequence'] : ['Border'],
    requirements: ['record.layout', 'record.integer-64'],
    input: { ...base, seq: String(seq) },
    ...(seq === 2n ** 53n + 1n && { mistakes: [mistakes.seqAsDouble, mistakes.seqOf32Bits] }),
  })),
  {
    id: 'seal-empty-aad',
    comment: 'nothing but the sequence number is bound',
    flags: ['EmptyOrAbsent'],
    requirements: ['record.layout'],
    input: { ...base, callerAad: '' },
  },
  {
    id: 'seal-long-aad',
    comment: '1000 bytes of the caller are bound',
    flags: ['BlockBoundary'],
    requirements: ['record.layout'],
    input: { ...base, callerAad: fixedBytes('long aad', 1000) },
  },
]

const opens = (ask: Ask): Case[] => {
  const seal = (change: Values = {}): string => textOf(ask('record.seal', { ...base, ...change }), 'record')
  const record = seal()
  const accept = (id: string, comment: string, flag: Flag, text: string, change: Values = {}): Case => ({
    id: `open-${id}`,
    comment,
    flags: [flag],
    requirements: ['record.layout'],
    input: { key, callerAad, record: text, ...change },
  })
  const reject = (
    id: string,
    comment: string,
    flag: Flag,
    text: string,
    change: Values = {},
    layer: Layer = 'aead',
  ): Case => ({
    ...accept(id, comment, flag, text, change),
    requirements: [layer === 'length' ? 'record.min-length' : 'record.tag'],
    reject: layer,
  })
  const withSeq = (seq: bigint): string => encodeHex(be64(seq)) + record.slice(16)
  // What a sender makes that leaves seq out of the additional data.
  const unbound =
    record.slice(0, 40) +
    textOf(ask('aead.seal', { key, nonce: base['nonce'], aad: callerAad, plaintext: base['plaintext'] }), 'ciphertext')
  return [
    accept('honest', 'any record', 'Honest', record),
    accept('empty', 'an empty plaintext: 36 bytes', 'Border', seal({ plaintext: '' })),
    accept('empty-aad', 'nothing but the sequence number is bound', 'EmptyOrAbsent', seal({ callerAad: '' }), {
      callerAad: '',
    }),
    ...sequences.map(([id, comment, seq]) => ({
      ...accept(`seq-${id}`, comment, seq > 255n ? 'BigSequence' : 'Border', seal({ seq: String(seq) })),
      requirements: ['record.integer-64'] as const,
    })),
    ...[0, 1, 8, 20, 35].map(length =>
      reject(
        `${length}-bytes`,
        `${length} bytes are no record`,
        'Length',
        seal({ plaintext: '' }).slice(0, 2 * length),
        {},
        'length',
      ),
    ),
    reject('cut', 'the last byte of the tag is missing', 'Length', record.slice(0, -2)),
    reject('longer', 'a byte more at the end', 'Length', `${record}00`),
    reject('seq-changed', 'the sequence number was changed', 'Tampered', withSeq(8n)),
    reject('seq-high-bit', 'the first bit of the sequence number was changed', 'Tampered', flipped(record, 0, 0x80)),
    reject('nonce-first', 'the first byte of the nonce was changed', 'Tampered', flipped(record, 8)),
    reject('nonce-last', 'the last byte of the nonce was changed', 'Tampered', flipped(record, 19)),
    reject('ciphertext-first', 'the first byte of the ciphertext was changed', 'Tampered', flipped(record, 20)),
    reject('ciphertext-last', 'the last byte of the ciphertext was changed', 'Tampered', flipped(record, -17)),
    reject('tag-first', 'the first byte of the tag was changed', 'Tampered', flipped(record, -16)),
    reject('tag-last', 'the last bit of the tag was changed', 'Tampered', flipped(record, -1)),
    reject('tag-zero', 'a tag of zeros', 'Tampered', record.slice(0, -32) + '00'.repeat(16)),
    reject('aad-changed', 'the caller binds something else', 'Tampered', record, { callerAad: flipped(callerAad, 0) }),
    reject('aad-longer', 'the caller binds a byte more', 'Tampered', record, { callerAad: `${callerAad}00` }),
    reject('aad-empty', 'the caller binds nothing', 'Tampered', record, { callerAad: '' }),
    reject('other-direction', 'sealed with the key of the other direction', 'WrongDirection', seal({ key: otherKey })),
    reject(
      'key-zero',
      'sealed with a key of zeros, which a broken key schedule leaves behind',
      'DegenerateKey',
      seal({ key: '00'.repeat(32) }),
    ),
    reject('seq-not-bound', 'the sequence number is not in the additional data', 'Tampered', unbound),
    reject('deployed-form', 'the form of the deployed core: no sequence number', 'Tampered', unbound.slice(16)),
  ]
}

/** The AEAD and the record layer: sealing with fixed nonces, opening, and hostile records. */
export const records = (ask: Ask): Family => ({
  name: 'records',
  title: 'Records: ChaCha20-Poly1305, sealing, opening, hostile records',
  anchor: 'RFC 8439 §2.8.2; records of the deployed core are in recorded-sage-go-1.5.2.json',
  groups: [
    {
      op: 'aead.seal',
      source: 'RFC 8439 §2.8.2',
      cases: [
        {
          id: 'aead-seal-rfc8439',
          comment: 'RFC 8439 §2.8.2',
          flags: ['Rfc'],
          requirements: ['record.layout'],
          input: { key: rfc8439.key, nonce: rfc8439.nonce, aad: rfc8439.aad, plaintext: rfc8439.plaintext },
          pinned: { ciphertext: rfc8439.ciphertext },
        },
      ],
    },
    {
      op: 'aead.open',
      source: 'RFC 8439 §2.8.2',
      cases: [
        {
          id: 'aead-open-rfc8439',
          comment: 'RFC 8439 §2.8.2',
          flags: ['Rfc'],
          requirements: ['record.layout'],
          input: { key: rfc8439.key, nonce: rfc8439.nonce, aad: rfc8439.aad, ciphertext: rfc8439.ciphertext },
          pinned: { plaintext: rfc8439.plaintext },
        },
        {
          id: 'aead-open-rfc8439-flipped',
          comment: 'RFC 8439 §2.8.2 with one bit of the tag changed',
          flags: ['Tampered'],
          requirements: ['record.tag'],
          input: {
            key: rfc8439.key,
            nonce: rfc8439.nonce,
            aad: rfc8439.aad,
            ciphertext: flipped(rfc8439.ciphertext, -1),
          },
          reject: 'aead',
        },
        {
          id: 'aead-open-15-bytes',
          comment: 'less than a tag',
          flags: ['Length'],
          requirements: ['record.tag'],
          input: {
            key: rfc8439.key,
            nonce: rfc8439.nonce,
            aad: rfc8439.aad,
            ciphertext: rfc8439.ciphertext.slice(0, 30),
          },
          reject: 'length',
        },
      ],
    },
    { op: 'record.seal', cases: seals },
    { op: 'record.open', cases: opens(ask) },
  ],
})
