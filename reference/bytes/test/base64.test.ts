import fc from 'fast-check'
import t from 'tap'
import { encodeBase64, encodeBase64Url, parseBase64, parseBase64Url, writeBase64Url } from '../base64.js'
import { encodeHex, parseHex } from '../hex.js'
import { encodeUtf8 } from '../utf8.js'

const malformed = { name: 'SageError', code: 'malformed' }
const anyBytes = fc.uint8Array({ maxLength: 200 })

t.test('the examples of RFC 4648 §10', async t => {
  const examples = [
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ] as const
  for (const [text, encoded] of examples) {
    t.equal(encodeBase64(encodeUtf8(text)), encoded)
    t.strictSame(parseBase64(encoded), encodeUtf8(text))
    t.strictSame(parseBase64Url(encoded.replace(/=+$/, '')), encodeUtf8(text))
  }
})

t.test('base64url is written straight into bytes as it is into a text', async () => {
  fc.assert(
    fc.property(anyBytes, bytes => {
      const text = encodeBase64Url(bytes)
      const into = new Uint8Array(text.length)
      writeBase64Url(bytes, bytes.length, into)
      t.equal(Buffer.from(into).toString(), text)
    }),
  )
})

t.test('what was encoded is parsed to the same bytes', async () => {
  fc.assert(
    fc.property(anyBytes, bytes => {
      t.strictSame(parseBase64(encodeBase64(bytes), bytes.length), bytes)
      t.strictSame(parseBase64Url(encodeBase64Url(bytes), bytes.length), bytes)
      t.strictSame(parseHex(encodeHex(bytes), bytes.length), bytes)
    }),
    { numRuns: 100 },
  )
})

t.test('a text is either the one canonical text of its bytes or refused', async () => {
  const characters = fc.constantFrom(...'AQgwZz09+/-_= \n\u00e9')
  fc.assert(
    fc.property(fc.array(characters, { maxLength: 9 }), letters => {
      const text = letters.join('')
      for (const [parse, encode] of [
        [parseBase64, encodeBase64],
        [parseBase64Url, encodeBase64Url],
        [parseHex, encodeHex],
      ] as const) {
        let bytes
        try {
          bytes = parse(text)
        } catch {
          continue
        }
        t.equal(encode(bytes), text)
      }
    }),
    { numRuns: 400 },
  )
})

t.test('every other spelling is refused', async t => {
  for (const text of ['Zg', 'Zg=', 'Zg===', 'Zh==', 'Zm9=', 'Zm 9v', 'Zm9v\n', '-_-_', 'Zm9v=', '=', 'A', 'Zm9\u0176'])
    t.throws(() => parseBase64(text), malformed, JSON.stringify(text))
  for (const text of ['Zg==', 'Zh', 'Zm9', '+/+/', 'Zm9v\n', 'A', ' Zg', 'Zm9vZ'])
    t.throws(() => parseBase64Url(text), malformed, JSON.stringify(text))
  for (const text of ['a', 'AB', '0x00', '0g', '00 ', '00\n']) t.throws(() => parseHex(text), malformed, text)
})

t.test('a length is exact', async t => {
  t.throws(() => parseBase64('Zm8=', 3), malformed)
  t.throws(() => parseBase64Url('Zm8', 1), malformed)
  t.throws(() => parseHex('0000', 1), malformed)
})

t.test('eight mebibytes are no burden', async t => {
  const text = encodeBase64(new Uint8Array(8 << 20))
  const started = performance.now()
  t.equal(parseBase64(text).length, 8 << 20)
  t.ok(performance.now() - started < 1000)
})
