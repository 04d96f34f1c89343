import fc from 'fast-check'
import t from 'tap'
import { parseJsonText } from '../../bytes/json.js'
import { canonicalJson } from '../jcs.js'

t.test('the sample of RFC 8785 §3.2.2 becomes the text of §3.2.3', async t => {
  const sample = String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`
  t.equal(
    canonicalJson(parseJsonText(sample)),
    String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  )
})

t.test('the names of RFC 8785 §3.2.3 are sorted by their UTF-16 code units', async t => {
  const sample = String.raw`{
    "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
    "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
  }`
  t.strictSame(Object.values(JSON.parse(canonicalJson(parseJsonText(sample)))), [
    'One',
    'Carriage Return',
    'Control',
    'Latin Small Letter O With Diaeresis',
    'Euro Sign',
    'Emoji: Grinning Face',
    'Hebrew Letter Dalet With Dagesh',
  ])
  t.match(canonicalJson(parseJsonText(sample)), /^\{"\\r":/)
})

t.test('numbers are written as RFC 8785 appendix B has them', async t => {
  const samples: [bigint, string][] = [
    [0x0000000000000000n, '0'],
    [0x8000000000000000n, '0'],
    [0x0000000000000001n, '5e-324'],
    [0x7fefffffffffffffn, '1.7976931348623157e+308'],
    [0x4340000000000000n, '9007199254740992'],
    [0x4430000000000000n, '295147905179352830000'],
    [0x44b52d02c7e14af6n, '1e+23'],
    [0x41b3de4355555555n, '333333333.3333333'],
  ]
  for (const [bits, text] of samples) {
    const view = new DataView(new ArrayBuffer(8))
    view.setBigUint64(0, bits)
    t.equal(canonicalJson(view.getFloat64(0)), text)
  }
})

t.test('what I-JSON cannot say is refused; a backslash that looks like an escape is not', async t => {
  const malformed = { name: 'SageError', code: 'malformed' }
  for (const value of [NaN, Infinity, undefined, '\ud800', { a: '\udc00' }, { '\udfff': 1 }, ['x\\\ud800']])
    t.throws(() => canonicalJson(value), malformed)
  t.equal(canonicalJson('\\ud800'), '"\\\\ud800"')
  t.equal(canonicalJson('\u{1f600}'), '"\u{1f600}"')
})

t.test('members are sorted at every depth, and __proto__ is one of them', async () => {
  t.equal(canonicalJson(parseJsonText('{"b":{"d":1,"c":2},"a":1}')), '{"a":1,"b":{"c":2,"d":1}}')
  t.equal(canonicalJson(parseJsonText('{"b":1,"__proto__":{"a":2}}')), '{"__proto__":{"a":2},"b":1}')
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 4 }), value => {
      const canonical = canonicalJson(parseJsonText(JSON.stringify(value)))
      t.equal(canonicalJson(JSON.parse(canonical)), canonical)
    }),
    { numRuns: 100 },
  )
})
