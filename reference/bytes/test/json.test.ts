import fc from 'fast-check'
import t from 'tap'
import { parseJson, parseJsonText, parseWholeJson } from '../json.js'
import { concat } from '../concat.js'
import { encodeUtf8, parseUtf8 } from '../utf8.js'

const malformed = { name: 'SageError', code: 'malformed' }
const parse = (text: string) => parseJson(encodeUtf8(text))

t.test('an object is read as JSON.parse reads it', async t => {
  const text =
    ' {"a":[1,-2,0,9007199254740991,{"":null}],"b":true,"c":false,"\\u00e9\\n\\/\\"\\ud83d\\ude00":"\u{1f600}"}\r\n\t'
  t.strictSame(parse(text), JSON.parse(text))
  t.strictSame(parse('{}'), {})
  t.strictSame(parse('{"a":[]}'), { a: [] })
})

t.test('texts that some parser forgives are refused', async t => {
  for (const text of [
    '',
    ' ',
    '[]',
    '1',
    'null',
    '"a"',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '{"a":1,}',
    '{,}',
    '{a:1}',
    "{'a':1}",
    '{"a" 1}',
    '{"a":1 "b":2}',
    '{"a":[1,]}',
    '{"a":[1 2]}',
    '{"a":[1}',
    '{"a":1}}',
    '{"a":1}{}',
    '{"a":1} x',
    '{"a":tru}',
    '{"a":truex}',
    '{"a":NaN}',
    '{"a":Infinity}',
    '{"a":undefined}',
    '{"a":1}//',
    '{/**/}',
    '{"a":"\n"}',
    '{"a":"\0"}',
    '{"a":"\\x41"}',
    '{"a":"\\u12"}',
    '{"a":"\\u 123"}',
    '{"a":"\\uD8"}',
    '{"a":"\\',
    '{"a":"',
    '{"a":01}',
    '{"a":+1}',
    '{"a":-}',
    '{"a":.5}',
    '{"a":0x1}',
    '{"a":1.0}',
    '{"a":1e3}',
    '{"a":1E0}',
    '{"a":9007199254740992}',
    '{"a":-9007199254740992}',
    '\u00a0{}',
  ])
    t.throws(() => parse(text), malformed, JSON.stringify(text))
  t.throws(() => parse('{}\u2028'), malformed, 'a line separator is no white space')
})

t.test('a member name stands once in an object, at every depth and however it is spelt', async t => {
  for (const text of [
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":2}',
    '{"b":{"a":1,"a":2}}',
    '{"b":[{"a":1,"a":2}]}',
    '{"__proto__":1,"__proto__":2}',
  ])
    t.throws(() => parse(text), malformed, text)
  t.strictSame(parse('{"a":{"a":1},"b":{"a":1}}'), { a: { a: 1 }, b: { a: 1 } })
})

t.test('__proto__, constructor and toString are members like any other', async t => {
  const object = parse('{"__proto__":{"polluted":1},"constructor":1,"toString":2,"hasOwnProperty":3}')
  t.strictSame(Object.keys(object), ['__proto__', 'constructor', 'toString', 'hasOwnProperty'])
  t.equal(Object.getPrototypeOf(object), Object.prototype)
  t.equal(object['polluted'], undefined)
})

t.test('half of a surrogate pair is refused, a whole one is not', async t => {
  for (const text of ['\\ud800', '\\udc00', 'a\\udc00\\ud800', '\\ud800\\ud800\\udc00', '\\ud83d\u{1f600}'])
    t.throws(() => parse(`{"a":"${text}"}`), malformed, text)
  t.throws(() => parse('{"\\ud800":1}'), malformed, 'in a name')
  t.strictSame(parse('{"a":"\\ud83d\\uDE00"}'), { a: '\u{1f600}' })
})

t.test('the bytes are UTF-8 without a byte order mark', async t => {
  const inside = (...bytes: number[]) => concat(encodeUtf8('{"a":"'), Uint8Array.from(bytes), encodeUtf8('"}'))
  t.throws(() => parse('\ufeff{}'), malformed, 'byte order mark')
  t.throws(() => parseJson(inside(0xff)), malformed)
  t.throws(() => parseJson(inside(0xc0, 0x80)), malformed, 'overlong')
  t.throws(() => parseJson(inside(0xed, 0xa0, 0x80)), malformed, 'surrogate')
  t.throws(() => parseJson(inside(0xf4, 0x90, 0x80, 0x80)), malformed, 'beyond U+10FFFF')
  t.throws(() => parseJson(inside(0xc3)), malformed, 'cut short')
  t.strictSame(parseJson(inside(0xef, 0xbb, 0xbf)), { a: '\ufeff' }, 'inside a text it is a character')
})

t.test('nesting ends at sixteen', async t => {
  const nested = (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)
  t.ok(parse(nested(16)))
  t.throws(() => parse(nested(17)), malformed)
  t.ok(parse(`{"a":${'['.repeat(15)}${']'.repeat(15)}}`))
  t.throws(() => parse(`{"a":${'['.repeat(16)}${']'.repeat(16)}}`), malformed)
  t.throws(() => parse('{"a":' + '['.repeat(1_000_000)), malformed, 'and costs no stack')
})

t.test('eight mebibytes of anything are read in linear time', async t => {
  const size = 8 << 20
  const started = performance.now()
  t.equal((parse(`{"a":"${'x'.repeat(size)}"}`)['a'] as string).length, size)
  t.equal((parse(`{"a":"${'\\n'.repeat(size / 8)}"}`)['a'] as string).length, size / 8)
  t.strictSame(parse(`{${' '.repeat(size)}}`), {})
  t.throws(() => parse(`{"a":${'9'.repeat(size)}}`), malformed)
  t.throws(() => parse(`{"a":"${'x'.repeat(size)}`), malformed)
  t.ok(performance.now() - started < 10_000)
})

t.test('every text that JSON.parse refuses is refused; every object of integers is read alike', async () => {
  const integers = fc.maxSafeInteger().map(value => value + 0)
  const values = fc.letrec(tie => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.string({ unit: 'grapheme' }),
      integers,
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 4 }), tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).value
  fc.assert(
    fc.property(fc.dictionary(fc.string({ maxLength: 4 }), values, { noNullPrototype: true }), value => {
      const text = JSON.stringify(value)
      t.strictSame(parse(text), JSON.parse(text))
    }),
    { numRuns: 100 },
  )
  const tokens = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '"a"',
    '"b"',
    '1',
    '-',
    '0',
    'true',
    'null',
    ' ',
    '\\',
  )
  fc.assert(
    fc.property(fc.array(tokens, { maxLength: 9 }), letters => {
      const text = letters.join('')
      let ours
      try {
        ours = parseJsonText(text)
      } catch (error) {
        t.match(error, malformed)
        return
      }
      t.strictSame(ours, JSON.parse(text))
    }),
    { numRuns: 1000 },
  )
})

t.test('outside the protocol any value and any double is read', async t => {
  t.strictSame(parseJsonText('[1.5,1e3,-0.0,"a"]'), [1.5, 1000, -0, 'a'])
  t.throws(() => parseJsonText('1e999'), malformed, 'beyond the doubles')
  t.throws(() => parseJsonText('{"a":1,"a":1}'), malformed)
})

t.test('UTF-8 goes out and back', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), text => {
      t.equal(parseUtf8(encodeUtf8(text)), text)
    }),
    { numRuns: 50 },
  )
})

t.test('of more members or elements than a message may have a part is kept, with what names the message', async t => {
  const members = Array.from({ length: 5000 }, (_, index) => `"m${index}":${index}`).join()
  const text = `{${members},"id":"late","kid":"k","message_id":"m","a":[${'0,'.repeat(4999)}0]}`
  const read = parse(text)
  t.match(read, { m0: 0, id: 'late', kid: 'k', message_id: 'm' })
  t.ok(Object.keys(read).length > 33, 'more than any schema allows')
  t.ok(Object.keys(read).length < 100)
  t.equal((parse(`{"a":[${'0,'.repeat(4999)}0]}`)['a'] as unknown[]).length, 1025)
  t.strictSame(parseWholeJson(encodeUtf8(text)), JSON.parse(text))
  for (const wrong of [`{${members},}`, `{${members},"a":tru}`, `{${members},"a":"\\x"}`, `{${members},"id":1,"id":1}`])
    t.throws(() => parse(wrong), malformed, 'it is read to its end')
})

t.test('a number is what its digits say, to the last of 53 bits', async t => {
  for (const literal of ['0', '7', '999999999999999', '1000000000000000', '9007199254740991', '-9007199254740991'])
    t.equal(parse(`{"a":${literal}}`)['a'], Number(literal))
  for (const literal of ['00', '01', '0123', '9007199254740992', '99999999999999999999', '1.0', '1e0', '1-', '12a'])
    t.throws(() => parse(`{"a":${literal}}`), malformed, literal)
})
