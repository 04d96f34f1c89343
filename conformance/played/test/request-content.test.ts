import t from 'tap'
import { defaultLimits, type Capability, type SessionMessage } from '../../../schemas/index.js'
import { encodeUtf8 } from '../../probe/bytes/utf8.js'
import { compressZeros, store } from '../../probe/gzip/writer.js'
import { readContent } from '../request-content.js'

const hello = encodeUtf8('hello')
const limits = { ...defaultLimits, maxMessageBytes: 65_536 }

const read = (
  said: Pick<SessionMessage, 'encoding' | 'stream'>,
  plaintext: Uint8Array = hello,
  capabilities: readonly Capability[] = ['gzip', 'stream'],
) => {
  const names = { id: 'a', context_id: 'b', task_id: 'c/d', did: 'did:x:y', kid: 'e', payload: '' }
  const request = { message: { ...names, ...said }, record: hello, seq: 0n, nonce: new Uint8Array(12), plaintext }
  return readContent(request, { capabilities, limits })
}

t.test('a plaintext that came compressed is read inflated, up to the limit', async t => {
  t.same(read({ encoding: 'gzip' }, store(hello)).request.plaintext, hello)
  t.equal(read({ encoding: 'gzip' }, compressZeros(65_536)).request.plaintext.length, 65_536)
  t.match(read({ encoding: 'gzip' }, compressZeros(65_537)), { refused: { error: 'payload_too_large' } })
  t.match(read({ encoding: 'gzip' }, hello), { refused: { error: 'malformed', rule: 'gzip.one-member' } })
  t.match(read({}, store(hello)), { refused: undefined, request: { plaintext: store(hello) } })
})

t.test('codings and streams that are not declared are refused', async t => {
  t.match(read({ encoding: 'gzip' }, store(hello), ['stream']), { refused: { error: 'encoding_unsupported' } })
  t.match(read({ encoding: 'br' }), { refused: { error: 'encoding_unsupported' } })
  t.match(read({ stream: { id: 's', seq: 0, end: true } }, hello, []), { refused: { error: 'stream_violation' } })
  t.match(read({ stream: { id: 's', credit: 40 } }, hello, []), { refused: {}, isControl: false })
})

t.test('a stream has one chunk, and controls that have no answer', async t => {
  t.match(read({ stream: { id: 's', seq: 0, end: true } }), { refused: undefined, isControl: false })
  t.match(read({ stream: { id: 's', seq: 0, end: false } }), { refused: { error: 'stream_violation' } })
  t.match(read({ stream: { id: 's', seq: 1, end: true } }), { refused: { error: 'stream_violation' } })
  t.match(read({ stream: { id: 's', credit: 40 } }), { refused: undefined, isControl: true })
  t.match(read({ stream: { id: 's', cancel: true } }), { refused: undefined, isControl: true })
})
