import fc from 'fast-check'
import t from 'tap'
import { concat } from '../../bytes/framing.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { parseLines } from '../lines.js'

const LINE_FEED = Uint8Array.of(0x0a)

t.test('lines come out as they went in, whatever bytes they are of', t => {
  const line = fc.uint8Array().map(bytes => bytes.filter(byte => byte !== 0x0a && byte !== 0x0d))
  fc.assert(
    fc.property(fc.array(line, { minLength: 1 }), lines => {
      const parsed = parseLines(concat(...lines.flatMap(each => [each, LINE_FEED])))
      t.equal(parsed.length, lines.length)
      for (const [index, each] of lines.entries())
        if (Buffer.compare(each, parsed[index]!) !== 0) throw new Error('another line')
    }),
    { numRuns: 50 },
  )
  t.end()
})

t.test('every line, the last one too, ends with a line feed alone, and there is one at least', t => {
  for (const body of ['', '{}', '{}\n{}', '{}\r', '{}\r\n', '{}\n\r\n'])
    t.throws(() => parseLines(encodeUtf8(body)), { name: 'Refusal', layer: 'encoding' })
  t.strictSame(
    parseLines(encodeUtf8('\n\n')).map(({ length }) => length),
    [0, 0],
  )
  t.end()
})
