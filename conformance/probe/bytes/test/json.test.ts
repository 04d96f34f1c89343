import fc from 'fast-check'
import t from 'tap'
import { Refusal } from '../../refusal.js'
import { parseHex } from '../hex.js'
import { parseJson, parseJsonObject } from '../json.js'
import { encodeUtf8 } from '../utf8.js'

const refused = (rule: string) => ({ name: 'Refusal', layer: 'encoding', rule: `conventions.json-${rule}` })

t.test('JSON values come out as they are', async t => {
  const text =
    ' { "a" : [ 1 , -2 , 0 , true , false , null , "\\u0041\\n\\ud83d\\ude00é" , "\\"" , "\\\\" , "\\\\\\"\\\\" , { } , [ ] ] , "" : "" }\r\n\t'
  t.same(parseJsonObject(text), JSON.parse(text))
})

t.test('what is not RFC 8259 is refused', async t => {
  const objects = [
    '{',
    '}',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,}',
    '{a:1}',
    "{'a':1}",
    '{"a":1}x',
    '{"a":1}{}',
    '{"a":1 "b":2}',
  ]
  const values = [
    '01',
    '+1',
    '.5',
    '1.',
    '-',
    'NaN',
    'Infinity',
    'undefined',
    'True',
    'nul',
    '[1,]',
    '[,]',
    '[1 2]',
    '[',
    '0x10',
  ]
  const strings = ['"', '"\\"', '"\t"', '"\n"', '"\\x41"', '"\\u12"', '"\\u12g4"', "'a'", '"\u0000"']
  const wrong = [
    ...objects,
    ...[...values, ...strings].map(value => `{"a":${value}}`),
    '',
    ' ',
    '{"a":1}\u00a0',
    '/**/{}',
  ]
  for (const text of wrong) t.throws(() => parseJsonObject(text), refused('utf8'), text)
})

t.test('one object, nothing else', async t => {
  for (const text of ['[]', '1', '"a"', 'null', 'true', '[{}]'])
    t.throws(() => parseJsonObject(text), refused('utf8'), text)
})

t.test('malformed UTF-8 and a byte order mark are refused', async t => {
  t.throws(() => parseJsonObject(parseHex('7b2261223a22ff227d')), { name: 'Refusal', layer: 'encoding' })
  t.throws(() => parseJsonObject(parseHex('efbbbf7b7d')), refused('utf8'))
  t.same(parseJsonObject(encodeUtf8('{"é":"\ufeff"}')), { é: '\ufeff' })
})

t.test('a name that occurs twice is refused wherever it is and however it is written', async t => {
  for (const text of [
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":2}',
    '{"x":[{"y":{"a":1,"b":2,"a":3}}]}',
    '{"__proto__":1,"__proto__":2}',
  ])
    t.throws(() => parseJsonObject(text), refused('duplicate'), text)
  t.same(parseJsonObject('{"a":{"a":1},"b":{"a":1}}'), { a: { a: 1 }, b: { a: 1 } })
})

t.test('a lone surrogate is refused, escaped or raw, in names too', async t => {
  for (const text of [
    '{"a":"\\ud800"}',
    '{"a":"\\udc00\\ud800"}',
    '{"\\udfff":1}',
    '{"a":"\ud800"}',
    '{"a":"\\ud83dx\\ude00"}',
  ])
    t.throws(() => parseJsonObject(text), refused('surrogate'), text)
})

t.test('integers are written plainly and are exact', async t => {
  t.same(parseJsonObject('{"a":9007199254740991,"b":-9007199254740991}'), { a: 2 ** 53 - 1, b: 1 - 2 ** 53 })
  for (const value of [
    '1.0',
    '1e0',
    '1E2',
    '0.5',
    '9007199254740992',
    '9007199254740993',
    '-9007199254740992',
    '1e400',
  ])
    t.throws(() => parseJsonObject(`{"a":${value}}`), refused('integer'), value)
})

t.test('doubles may be asked for, finite ones', async t => {
  t.same(parseJson('[1.5,1e21,-0.0]', 'doubles'), [1.5, 1e21, -0])
  t.throws(() => parseJson('1e400', 'doubles'), refused('integer'))
})

t.test('sixteen levels are accepted, seventeen are not, and a million do no harm', async t => {
  const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
  t.ok(parseJsonObject(nested(16)))
  t.throws(() => parseJsonObject(nested(17)), refused('depth'))
  t.throws(() => parseJsonObject(nested(1_000_000)), refused('depth'))
  t.throws(() => parseJsonObject('{"a":'.repeat(1_000_000)), refused('depth'))
})

t.test('`__proto__` is a name like any other', async t => {
  const object = parseJsonObject('{"__proto__":{"polluted":1},"constructor":2,"toString":3}')
  t.same(Object.keys(object), ['__proto__', 'constructor', 'toString'])
  t.equal(Object.getPrototypeOf(object), Object.prototype)
  t.equal(({} as Record<string, unknown>)['polluted'], undefined)
})

t.test('megabytes are read in linear time', async t => {
  const texts = {
    plain: `{"a":"${'x'.repeat(8_000_000)}"}`,
    quotes: `{"a":"${'\\"'.repeat(1_000_000)}"}`,
    backslashes: `{"a":"${'\\\\'.repeat(2_000_000)}"}`,
    digits: `{"a":${'1'.repeat(1_000_000)}}`,
    space: `{"a":${' '.repeat(8_000_000)}1}`,
    members: `{${Array.from({ length: 200_000 }, (_, index) => `"${index}":0`).join(',')}}`,
    unclosed: `{"a":"${'\\'.repeat(4_000_001)}`,
  }
  for (const [name, text] of Object.entries(texts)) {
    const start = process.hrtime.bigint()
    try {
      parseJsonObject(text)
    } catch (error) {
      t.ok(error instanceof Refusal, name)
    }
    t.ok(process.hrtime.bigint() - start < 2_000_000_000n, name)
  }
})

t.test('it agrees with JSON.parse on all that it accepts, and accepts all plain JSON', async t => {
  const plain = fc.letrec(tie => ({
    value: fc.oneof(
      { depthSize: 'small', maxDepth: 6 },
      fc.maxSafeInteger().map(n => n + 0),
      fc.boolean(),
      fc.constant(null),
      fc.string({ unit: 'grapheme' }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: 'grapheme' }), tie('value'), { maxKeys: 4 }),
    ),
  })).value
  fc.assert(
    fc.property(plain, value => {
      const text = JSON.stringify({ value })
      t.equal(JSON.stringify(parseJsonObject(text)), JSON.stringify(JSON.parse(text)))
    }),
    { numRuns: 200 },
  )
  const soup = fc.string({
    unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', 'a', '1', '0', '-', '.', 'e', '\\', 'u', ' '),
    maxLength: 24,
  })
  fc.assert(
    fc.property(soup, text => {
      try {
        return JSON.stringify(parseJson(text, 'doubles')) === JSON.stringify(JSON.parse(text))
      } catch (error) {
        return error instanceof Refusal
      }
    }),
    { numRuns: 2000 },
  )
})
