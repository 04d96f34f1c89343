import t from 'tap'
import { encodeHex } from '../../bytes/hex.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { sha256 } from '../../crypto/hash.js'
import { createReceiver } from '../../session/receiver.js'
import { requestAad, requestHashOf, responseAad } from '../aad.js'
import { encodeBody } from '../body.js'
import {
  openRequestRecord,
  openResponseRecord,
  parsePlainError,
  parseSessionMessage,
  parseSessionResponse,
  sealRequest,
  sealResponse,
} from '../session-message.js'

const fields = { id: 'i', context_id: 'c', task_id: 't', did: 'did:a:b', kid: 'k' }
const answer = { success: true as const, message_id: 'i', task_id: 't', kid: 'k' }
const ascii = (text: string) => encodeHex(encodeUtf8(text))
const requestHead = `${ascii('sage/request|v1')}0001${ascii('i')}0001${ascii('c')}0001${ascii('t')}0007${ascii('did:a:b')}0001${ascii('k')}`
const responseHead = `${ascii('sage/response|v1')}0001${ascii('i')}0001${ascii('t')}0001${ascii('k')}`
const record = encodeUtf8('record')
const hash = requestHashOf(record)

t.test('the AAD of a request, by hand', async t => {
  t.equal(encodeHex(requestAad(fields)), `${requestHead}0000` + '00' + '0000')
  t.equal(encodeHex(requestAad({ ...fields, metadata: {} })), encodeHex(requestAad(fields)))
  t.equal(
    encodeHex(
      requestAad({
        ...fields,
        encoding: 'gzip',
        stream: { id: 's', seq: 258, end: true },
        metadata: { b: '2', a: '' },
      }),
    ),
    `${requestHead}0004${ascii('gzip')}` +
      `010001${ascii('s')}0000010201` +
      `00020001${ascii('a')}00000001${ascii('b')}0001${ascii('2')}`,
  )
  t.equal(
    encodeHex(requestAad({ ...fields, stream: { id: 's', credit: 4294967295 } })),
    `${requestHead}0000` + `020001${ascii('s')}ffffffff00` + '0000',
  )
  t.equal(
    encodeHex(requestAad({ ...fields, stream: { id: 's', cancel: true } })),
    `${requestHead}0000` + `020001${ascii('s')}0000000001` + '0000',
  )
  t.equal(
    encodeHex(requestAad({ ...fields, stream: { id: 's', seq: 0, end: false } })),
    `${requestHead}0000` + `010001${ascii('s')}0000000000` + '0000',
  )
})

t.test('the AAD of a response, by hand', async t => {
  t.equal(encodeHex(hash), encodeHex(sha256(record)))
  t.equal(encodeHex(responseAad(answer, hash)), `${responseHead}01` + '0000' + '0000' + '00' + encodeHex(hash))
  t.equal(
    encodeHex(
      responseAad(
        { ...answer, success: false, error: 'internal', encoding: 'gzip', stream: { id: 's', seq: 1, end: true } },
        hash,
      ),
    ),
    `${responseHead}00` +
      `0008${ascii('internal')}` +
      `0004${ascii('gzip')}` +
      `010001${ascii('s')}0000000101` +
      encodeHex(hash),
  )
})

t.test('metadata is in the order of the bytes of its names, not of their UTF-16', async t => {
  const aad = encodeHex(requestAad({ ...fields, metadata: { '😀': '', '\ufb33': '', '10': '', '9': '', a: '' } }))
  const order = ['10', '9', 'a', '\ufb33', '😀'].map(name => aad.indexOf(ascii(name), requestHead.length))
  t.same(
    order,
    [...order].sort((a, b) => a - b),
  )
})

t.test('a sealed request opens as what it says and as nothing else', async t => {
  const key = new Uint8Array(32).fill(1)
  const sealing = { key, seq: 0n, nonce: new Uint8Array(12), plaintext: encodeUtf8('hello') }
  const full = { ...fields, encoding: 'gzip', stream: { id: 's', seq: 0, end: true }, metadata: { a: '1' } }
  const { message, record } = sealRequest(full, sealing)
  const parsed = parseSessionMessage(encodeBody(message))
  const opened = openRequestRecord(parsed, createReceiver(key, 16n).open)
  t.equal(encodeHex(opened.plaintext), ascii('hello'))
  t.equal(encodeHex(opened.record), encodeHex(record))
  const changes = [
    { id: 'j' },
    { context_id: 'd' },
    { task_id: 'u' },
    { did: 'did:a:c' },
    { kid: 'l' },
    { encoding: 'br' },
    { encoding: undefined },
    { stream: { id: 's', seq: 0, end: false } },
    { stream: { id: 's', credit: 0 } },
    { stream: undefined },
    { metadata: { a: '2' } },
    { metadata: {} },
  ]
  for (const change of changes) {
    const moved = parseSessionMessage(encodeBody({ ...message, ...change }))
    t.throws(
      () => openRequestRecord(moved, createReceiver(key, 16n).open),
      { name: 'Refusal', layer: 'aead' },
      JSON.stringify(change),
    )
  }
})

t.test('a sealed response opens as the answer to its request only', async t => {
  const key = new Uint8Array(32).fill(1)
  const sealing = { key, seq: 0n, nonce: new Uint8Array(12), plaintext: encodeUtf8('hello') }
  const { response } = sealResponse(answer, record, sealing)
  const parsed = parseSessionResponse(encodeBody(response))
  t.equal(encodeHex(openResponseRecord(parsed, record, createReceiver(key, 16n).open).plaintext), ascii('hello'))
  t.throws(() => openResponseRecord(parsed, encodeUtf8('other'), createReceiver(key, 16n).open), {
    name: 'Refusal',
    layer: 'aead',
  })
  const changes = [
    { message_id: 'j' },
    { task_id: 'u' },
    { kid: 'l' },
    { success: false, error: 'internal' },
    { encoding: 'gzip' },
    { stream: { id: 's', seq: 0, end: true } },
  ]
  for (const change of changes) {
    const moved = parseSessionResponse(encodeBody({ ...response, ...change }))
    t.throws(
      () => openResponseRecord(moved, record, createReceiver(key, 16n).open),
      { name: 'Refusal', layer: 'aead' },
      JSON.stringify(change),
    )
  }
})

t.test('the three kinds of message are told apart by their shapes', async t => {
  const response = { ...answer, data: '' }
  const plain = { success: false, error: 'unavailable', message_id: 'i' }
  t.ok(parseSessionResponse(encodeBody(response)))
  t.ok(parsePlainError(encodeBody(plain)))
  const wrong = [
    () => parseSessionResponse(encodeBody(plain)),
    () => parsePlainError(encodeBody(response)),
    () => parseSessionResponse(encodeBody({ ...response, error: 'internal' })),
    () => parseSessionResponse(encodeBody({ ...response, success: false })),
    () => parseSessionMessage(encodeBody({ ...fields, payload: '', metadata: { A: '' } })),
    () => parsePlainError(encodeBody({ ...plain, error: 'teapot' })),
  ]
  for (const parse of wrong) t.throws(parse, { name: 'Refusal', layer: 'schema' })
})
