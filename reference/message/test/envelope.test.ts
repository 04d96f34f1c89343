import fc from 'fast-check'
import t from 'tap'
import { encodeBase64 } from '../../bytes/base64.js'
import { parseJsonText, type JsonObject } from '../../bytes/json.js'
import { isSageError } from '../../bytes/sage-error.js'
import { parseMessage, parseResponse, readId, readMessageId } from '../envelope.js'

const malformed = { name: 'SageError', code: 'malformed' }
const record = Uint8Array.of(1, 2, 3)
const session = {
  id: 'i',
  context_id: 'c',
  task_id: 'sage/ping@v1',
  did: 'did:a:b',
  kid: 'k',
  payload: encodeBase64(record),
}
const handshake = {
  id: 'i',
  context_id: 'c',
  task_id: 'hpke/complete@v1',
  did: 'did:a:b',
  payload: encodeBase64(record),
  signature: encodeBase64(new Uint8Array(64)),
  role: 'user',
}

t.test('kid tells the two kinds of message apart', async t => {
  t.strictSame(parseMessage(session), { kind: 'session', message: session, record })
  t.strictSame(parseMessage(handshake), {
    kind: 'handshake',
    id: 'i',
    contextId: 'c',
    taskId: 'hpke/complete@v1',
    did: 'did:a:b',
    payloadBytes: record,
    signature: new Uint8Array(64),
  })
})

t.test('a message that breaks the schema of its kind is malformed', async t => {
  for (const wrong of [
    {},
    { ...session, extra: 1 },
    { ...session, signature: handshake.signature },
    { ...session, kid: null },
    { ...session, kid: 'a b' },
    { ...session, payload: 'AQID\n' },
    { ...session, payload: 'AQI' },
    { ...session, payload: '-_-_' },
    { ...session, stream: { id: 's', seq: 0, end: true, credit: 1 } },
    { ...session, stream: { id: 's', seq: -1, end: true } },
    { ...session, stream: { id: 's', cancel: false } },
    { ...session, metadata: { A: '' } },
    { ...session, metadata: { a: '\n' } },
    { ...session, metadata: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`a${i}`, ''])) },
    { ...handshake, role: 'admin' },
    { ...handshake, signature: encodeBase64(new Uint8Array(63)) },
    { ...handshake, task_id: 'a b' },
    { ...handshake, task_id: 'sage/ping@v1', extra: 1 },
    parseJsonText('{"__proto__":{"kid":"k"},"id":"i"}') as JsonObject,
  ])
    t.throws(() => parseMessage(wrong as JsonObject), malformed, JSON.stringify(wrong))
})

t.test('a handshake message with another task is read, for a guard to refuse', async t => {
  t.match(parseMessage({ ...handshake, task_id: 'sage/ping@v1' }), { kind: 'handshake', taskId: 'sage/ping@v1' })
})

t.test('an error can name a message that has a valid id, whatever else is wrong', async t => {
  t.equal(readId({ id: 'i', extra: 1 }), 'i')
  t.equal(readId({ id: 'a b' }), undefined)
  t.equal(readId({ id: 1 }), undefined)
  t.equal(readId({}), undefined)
  t.equal(readMessageId({ message_id: 'm' }), 'm')
})

t.test('the three kinds of answer are told apart', async t => {
  const answer = { success: true, message_id: 'i', task_id: 'sage/ping@v1', kid: 'k', data: encodeBase64(record) }
  t.strictSame(parseResponse(answer), { kind: 'session', response: answer, record })
  const failed = { ...answer, success: false, error: 'cancelled' }
  t.strictSame(parseResponse(failed), { kind: 'session', response: failed, record })
  const shaken = { success: true, message_id: 'i', task_id: 'hpke/complete@v1', data: encodeBase64(record) }
  t.strictSame(parseResponse(shaken), { kind: 'handshake', response: shaken, dataBytes: record })
  const plain = { success: false, error: 'malformed' }
  t.strictSame(parseResponse(plain), { kind: 'plain', response: plain })
})

t.test('an answer that is none of them is malformed', async t => {
  const answer = { success: true, message_id: 'i', task_id: 'a', kid: 'k', data: '' }
  for (const wrong of [
    {},
    { success: true },
    { ...answer, error: 'cancelled' },
    { ...answer, success: false },
    { ...answer, success: false, error: 'session_unknown' },
    { success: false, error: 'cancelled' },
    { success: false, error: 'malformed', kid: 'k' },
    { success: 1, error: 'malformed' },
    { success: false, error: 'other' },
  ])
    t.throws(() => parseResponse(wrong as JsonObject), malformed, JSON.stringify(wrong))
})

t.test('any object is read or refused as malformed', async () => {
  const members = fc.dictionary(fc.constantFrom(...Object.keys({ ...session, ...handshake })), fc.jsonValue(), {
    noNullPrototype: true,
  })
  fc.assert(
    fc.property(members, value => {
      for (const parse of [parseMessage, parseResponse]) {
        try {
          parse(value as JsonObject)
        } catch (error) {
          t.ok(isSageError(error, 'malformed'))
        }
      }
    }),
    { numRuns: 200 },
  )
})
