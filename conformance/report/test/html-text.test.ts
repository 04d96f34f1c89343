import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { bytesOfBase64, hexdump, indented, insideOf, readable, textOfBytes } from '../html/body-text.js'
import { encodeFragment, parseFragment } from '../html/fragment.js'
import { encodeShared, parseIsland } from '../html/island.js'
import { visible } from '../html/visible.js'

const anyText = fc.string({ unit: 'binary', maxLength: 60 })

t.test('what cannot be seen, or turns text around, is shown by its code point', async t => {
  t.equal(visible('a\u202eb\u0000c\u200bd\u00a0e\ufefff'), 'a\\u{202e}b\\u{0}c\\u{200b}d\\u{a0}e\\u{feff}f')
  t.equal(visible('\ud800x\udc00'), '\\u{d800}x\\u{dc00}')
  t.equal(visible('\u{e0041}\u00ad\u2066\r\u001b[31m'), '\\u{e0041}\\u{ad}\\u{2066}\\u{d}\\u{1b}[31m')
  t.equal(visible('two lines\n\tand 日本語 🙂'), 'two lines\n\tand 日本語 🙂')
  fc.assert(
    fc.property(anyText, text => {
      const shown = visible(text)
      return !/(?![\n\t])[\p{Cc}\p{Cs}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u.test(shown)
    }),
  )
})

t.test('JSON on several lines is the same JSON, and what is odd in it stays', async t => {
  t.equal(
    indented('{"a":[1,{"b":null}],"c":{},"d":[ ]}'),
    '{\n  "a": [\n    1,\n    {\n      "b": null\n    }\n  ],\n  "c": {},\n  "d": [ ]\n}',
  )
  t.match(readable('{"a":1.0,"a":2e2}'), /"a": 1\.0,\n {2}"a": 2e2/)
  t.equal(readable('{"a":1}\n{"b":2}\n'), '{\n  "a": 1\n}\n{\n  "b": 2\n}')
  t.equal(readable('{"a":'), '{"a":')
  t.equal(readable('# HELP x\n{y} 1'), '# HELP x\n{y} 1')
  fc.assert(fc.property(fc.json(), json => isDeepStrictEqual(JSON.parse(indented(json)), JSON.parse(json))))
})

t.test('bytes are text where they are, and a dump where they are not', async t => {
  t.equal(textOfBytes(Buffer.from('grüß\n')), 'grüß\n')
  t.equal(textOfBytes(Uint8Array.of(0xff)), undefined)
  t.equal(textOfBytes(Uint8Array.of(0x41, 0)), undefined)
  t.strictSame(bytesOfBase64('_-8='), Uint8Array.of(0xff, 0xef))
  t.equal(bytesOfBase64('*'), undefined)
  const lines = hexdump(Uint8Array.from({ length: 18 }, (_, index) => index + 0x3f)).split('\n')
  t.equal(lines[0], '0000  3f 40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e  ?@ABCDEFGHIJKLMN')
  t.equal(lines[1], `0010  4f 50${' '.repeat(3 * 14)}  OP`)
})

t.test('a handshake says what is inside its payload, and a record does not', async t => {
  const inside = '{"nonce":"x"}'
  const payload = Buffer.from(inside).toString('base64url')
  t.equal(insideOf(JSON.stringify({ payload })), inside)
  t.equal(insideOf(JSON.stringify({ data: payload })), inside)
  for (const other of ['', 'null', '[]', '{', '{"payload":7}', '{"payload":"AAAA"}', '{"payload":"*"}'])
    t.equal(insideOf(other), undefined, other)
})

t.test('an island gives back what was put into it', async () => {
  fc.assert(
    fc.property(fc.array(anyText), fc.uniqueArray(anyText), (texts, shared) => {
      const indexOf = new Map(shared.map((text, index) => [text, index]))
      const value = { texts: [...texts, ...shared, '#0', '##', '#'], number: 1 }
      const json = JSON.stringify(value, (_, each: unknown) =>
        typeof each === 'string' ? encodeShared(each, indexOf) : each,
      )
      return isDeepStrictEqual(parseIsland(json, shared), value)
    }),
  )
})

t.test('a view is what its fragment says, and a fragment may say anything', async t => {
  t.strictSame(parseFragment('#check-12').check, 12)
  t.equal(
    encodeFragment({ filter: { states: ['fail', 'warn'], transport: 'ws', chapter: '', text: 'a b' }, check: 3 }),
    'state=fail,warn&over=ws&text=a+b&check=3',
  )
  t.equal(parseFragment('#check=99999999999').check, undefined)
  fc.assert(fc.property(anyText, text => parseFragment(text).filter.states.every(state => state !== '')))
  const words = fc.string({ unit: 'grapheme', maxLength: 20 })
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.constantFrom('fail', 'pass', 'not-observed')),
      words,
      words,
      (states, chapter, text) => {
        const view = { filter: { states, transport: 'http', chapter, text }, check: 7 }
        return isDeepStrictEqual(parseFragment(`#${encodeFragment(view)}`), view)
      },
    ),
  )
})
