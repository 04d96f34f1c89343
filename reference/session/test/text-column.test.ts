import fc from 'fast-check'
import t from 'tap'
import { TextColumn } from '../text-column.js'

t.test('a text is read as it was written, whatever it is, and is like no other', async t => {
  const text = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ maxLength: 12 }).map(rest => `kid-${rest}`),
    fc.string({ minLength: 250, maxLength: 300 }),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(9), text), { maxLength: 40 }), text, (writes, other) => {
      const column = new TextColumn(8, 'kid-', 1)
      const expected = new Map<number, string>()
      for (const [row, text] of writes) {
        column.write(row, text)
        expected.set(row, text)
      }
      for (let row = 0; row < 10; row++) {
        const text = expected.get(row)
        t.equal(column.read(row), text ?? '')
        if (text !== undefined && !column.is(row, text)) return false
        if (column.is(row, other) !== (text === other)) return false
        if (text !== undefined && (column.is(row, `${text}x`) || column.is(row, `x${text}`))) return false
      }
      return true
    }),
    { numRuns: 200 },
  )
})

t.test('nothing is like what was forgotten', async t => {
  const column = new TextColumn(8)
  for (const text of ['short', 'longer than the room', '']) {
    column.write(3, text)
    t.ok(column.is(3, text))
    column.clear(3)
    t.notOk(column.is(3, text) || column.is(3, ''))
    t.equal(column.read(3), '')
  }
})
