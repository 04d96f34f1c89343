import t from 'tap'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { AnswerKeeper, recordRequest } from '../transcript.js'

const request = { method: 'POST', path: '/messages?x', headers: [['Host', 'a']] as const, body: encodeUtf8('{"é":1}') }
const url = new URL('http://127.0.0.1:8080/elsewhere')

t.test('an answer is kept whole: as text where it is UTF-8, a byte order mark included, else as base64', async t => {
  const keeper = new AnswerKeeper()
  t.equal(keeper.keep(encodeUtf8('\ufeff{"é":1}')), '\ufeff{"é":1}')
  t.strictSame(keeper.keep(Uint8Array.of(0xff, 0)), { base64: '/wA=' })
  t.equal(String(keeper.keep(Buffer.alloc(2 ** 20, 'x'))).length, 2 ** 20)
})

t.test('an answer beyond all measure is summed up, and so is everything once too much is kept', async t => {
  const keeper = new AnswerKeeper()
  t.match(keeper.keep(new Uint8Array(2 ** 20 + 1)), {
    bytes: 2 ** 20 + 1,
    sha256: /^[0-9a-f]{64}$/,
    beginsWith: /^0{128}$/,
  })
  for (let kept = 0; kept < 32; kept++) t.type(keeper.keep(Buffer.alloc(2 ** 20, 'x')), 'string')
  t.match(keeper.keep(encodeUtf8('x')), { bytes: 1 })
  t.equal(keeper.keep(new Uint8Array(0)), '')
})

t.test('a recorded request tells any other request from itself, however long they are', async t => {
  const long = Buffer.alloc(100_000, 'x')
  const changed = Buffer.from(long)
  changed[99_999] = 0
  for (const body of [request.body, long]) {
    const recorded = recordRequest({ ...request, body }, url)
    t.equal(recorded.url, 'http://127.0.0.1:8080/messages?x')
    t.strictSame(recordRequest({ ...request, body: Buffer.from(body) }, url), recorded)
    for (const other of [
      { ...request, body: changed },
      { ...request, body, method: 'PUT' },
      { ...request, body, path: '/messages' },
      { ...request, body, headers: [['host', 'a']] as const },
    ])
      t.notSame(recordRequest(other, url), recorded)
  }
  t.ok(JSON.stringify(recordRequest({ ...request, body: long }, url)).length < 500)
})
