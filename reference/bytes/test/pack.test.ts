import fc from 'fast-check'
import t from 'tap'
import { concat } from '../concat.js'
import { len16 } from '../integers.js'
import { pack } from '../pack.js'
import { encodeUtf8 } from '../utf8.js'

t.test('what is packed is the label and the fields, each text with its length before it', async t => {
  const fields = fc.array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.uint8Array({ maxLength: 40 })))
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fields, (label, fields) => {
      const each = fields.map(field => (typeof field === 'string' ? len16(field) : field))
      t.strictSame(pack(label, ...fields), concat(encodeUtf8(label), ...each))
    }),
  )
})

t.test('a text has at most 65535 bytes, as UTF-8', async t => {
  for (const text of ['a'.repeat(65_535), 'é'.repeat(32_767)]) t.strictSame(pack('', text), len16(text))
  for (const text of ['a'.repeat(65_536), 'é'.repeat(32_768)])
    t.throws(() => pack('', text), { name: 'SageError', code: 'internal' })
})

t.test('what was packed before is left alone', async t => {
  const first = pack('first', 'a')
  pack('other', 'b')
  t.strictSame(first, concat(encodeUtf8('first'), len16('a')))
})
