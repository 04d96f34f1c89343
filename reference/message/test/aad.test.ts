import fc from 'fast-check'
import t from 'tap'
import type { Stream } from '../../../schemas/index.js'
import { concat } from '../../bytes/concat.js'
import { encodeHex } from '../../bytes/hex.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { encodeMetadata, encodeStream, requestAad, requestHash, responseAad, type RequestEnvelope } from '../aad.js'
import { messageParts } from '../parts.js'

const ascii = (text: string) => encodeHex(encodeUtf8(text))
const request: RequestEnvelope = { id: 'i', context_id: 'cc', task_id: 'a/b@v1', did: 'did:a:b', kid: 'k' }
const response = { success: true, message_id: 'i', task_id: 'a/b@v1', kid: 'k' } as const

t.test('a request binds its label, its names, its encoding, stream and metadata, each with its length', async t => {
  t.equal(
    encodeHex(requestAad(request, messageParts)),
    ascii('sage/request|v1') +
      `0001${ascii('i')}0002${ascii('cc')}0006${ascii('a/b@v1')}0007${ascii('did:a:b')}0001${ascii('k')}` +
      '0000' +
      '00' +
      '0000',
  )
  t.equal(
    encodeHex(
      requestAad(
        { ...request, encoding: 'gzip', stream: { id: 's', seq: 258, end: true }, metadata: { b: '', a: 'x' } },
        messageParts,
      ),
    ),
    ascii('sage/request|v1') +
      `0001${ascii('i')}0002${ascii('cc')}0006${ascii('a/b@v1')}0007${ascii('did:a:b')}0001${ascii('k')}` +
      `0004${ascii('gzip')}` +
      `010001${ascii('s')}0000010201` +
      `0002${'0001'}${ascii('a')}0001${ascii('x')}0001${ascii('b')}0000`,
  )
})

t.test('a response binds its outcome and the record that it answers', async t => {
  const hash = requestHash(Uint8Array.of(1, 2, 3), messageParts)
  t.equal(encodeHex(hash), '039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81', 'SHA-256 of 010203')
  const head = ascii('sage/response|v1') + `0001${ascii('i')}0006${ascii('a/b@v1')}0001${ascii('k')}`
  t.equal(encodeHex(responseAad(response, hash, messageParts)), `${head}01000000000${'0'}${encodeHex(hash)}`)
  t.equal(
    encodeHex(responseAad({ ...response, success: false, error: 'cancelled' }, hash, messageParts)),
    `${head}000009${ascii('cancelled')}000000${encodeHex(hash)}`,
  )
})

t.test('a control says 0 for what it does not say', async t => {
  t.equal(encodeHex(encodeStream({ id: 's', credit: 7 })), `020001${ascii('s')}0000000700`)
  t.equal(encodeHex(encodeStream({ id: 's', cancel: true })), `020001${ascii('s')}0000000001`)
  t.equal(encodeHex(encodeStream(undefined)), '00')
})

t.test('metadata is in the order of its names, and empty is absent', async t => {
  const names = ['a', 'a-', 'a0', 'a_', 'aa', 'b']
  const entries = names.map(name => [name, `v${name}`] as const)
  t.strictSame(encodeMetadata(Object.fromEntries(entries)), encodeMetadata(Object.fromEntries([...entries].reverse())))
  t.match(
    encodeHex(encodeMetadata(Object.fromEntries([...entries].reverse()))),
    new RegExp(`^0006${names.map(name => `....${ascii(name)}....${ascii(`v${name}`)}`).join('')}$`),
  )
  t.strictSame(encodeMetadata({}), encodeMetadata(undefined))
})

t.test('two requests that differ bind different bytes', async () => {
  const token = fc.string({ unit: fc.constantFrom('a', 'b', '1'), minLength: 1, maxLength: 3 })
  const stream: fc.Arbitrary<Stream> = fc.oneof(
    fc.record({ id: token, seq: fc.nat(3), end: fc.boolean() }),
    fc.record({ id: token, credit: fc.nat(3) }),
    fc.record({ id: token, cancel: fc.constant(true as const) }),
  )
  const envelope = fc.record(
    {
      id: token,
      context_id: token,
      task_id: token,
      did: token,
      kid: token,
      encoding: token,
      stream,
      metadata: fc.dictionary(token, token, { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
    },
    { requiredKeys: ['id', 'context_id', 'task_id', 'did', 'kid'] },
  )
  const sorted = (value: RequestEnvelope) =>
    JSON.stringify(value, (_, member: unknown) =>
      typeof member === 'object' && member !== null
        ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
        : member,
    )
  fc.assert(
    fc.property(envelope, envelope, (a, b) => {
      const same = encodeHex(requestAad(a, messageParts)) === encodeHex(requestAad(b, messageParts))
      t.equal(same, sorted(a) === sorted(b))
    }),
    { numRuns: 300 },
  )
})

t.test('one step can be replaced, and the encoding around it follows', async t => {
  const wrong = { ...messageParts, encodeStream: () => new Uint8Array() }
  t.strictSame(
    requestAad({ ...request, stream: { id: 's', credit: 1 } }, wrong),
    concat(requestAad(request, messageParts).slice(0, -3), Uint8Array.of(0, 0)),
  )
})
