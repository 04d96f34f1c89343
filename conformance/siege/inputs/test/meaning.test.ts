import t from 'tap'
import { encodeUtf8 } from '../../../probe/bytes/utf8.js'
import { meansTheSame, readJson } from '../meaning.js'

const read = (text: string) => readJson(encodeUtf8(text))!

t.test('order and white space mean nothing, and neither do metadata without entries', async t => {
  const one = read('{"kid":"k","id":"a","payload":"AA=="}')
  t.ok(meansTheSame(one, read(' {"payload":"AA==",\n"id":"\\u0061","kid":"k","metadata":{}}')))
  for (const other of [
    '{"kid":"k","id":"b","payload":"AA=="}',
    '{"kid":"k","id":"a","payload":"AA==","encoding":"gzip"}',
    '{"id":"a","payload":"AA=="}',
  ])
    t.notOk(meansTheSame(one, read(other)), other)
})

t.test('id and role of a handshake are under no signature, and have to be valid all the same', async t => {
  const one = read('{"id":"a","did":"d","role":"user"}')
  t.ok(meansTheSame(one, read('{"id":"other","did":"d"}')))
  for (const other of [
    '{"id":"","did":"d"}',
    '{"id":1,"did":"d"}',
    '{"id":"a","did":"d","role":"x"}',
    '{"id":"a","did":"e"}',
  ])
    t.notOk(meansTheSame(one, read(other)), other)
})

t.test('what cannot be read means nothing', async t => {
  for (const text of ['', '[]', '{"a":1,"a":1}', '{"a":1.0}', '\ufeff{}'])
    t.equal(readJson(encodeUtf8(text)), undefined)
})
