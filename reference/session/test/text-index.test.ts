import fc from 'fast-check'
import t from 'tap'
import { TextIndex } from '../text-index.js'

t.test('rows are found by their texts as in a map, however they come and go', async t => {
  const step = fc.record({ isAdded: fc.boolean(), row: fc.nat(60), text: fc.nat(80) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), fc.nat(0xffffffff), (steps, seed) => {
      const index = new TextIndex(8, 'kid-', seed)
      const rowOf = new Map<string, number>()
      const textOf = new Map<number, string>()
      for (const { isAdded, row, text } of steps) {
        const [name, old] = [`kid-${text}`, textOf.get(row)]
        if (old !== undefined) {
          index.remove(row)
          textOf.delete(row)
          rowOf.delete(old)
        } else if (isAdded && !rowOf.has(name)) {
          index.add(name, row)
          textOf.set(row, name)
          rowOf.set(name, row)
        }
      }
      for (let text = 0; text <= 80; text++)
        if (index.find(`kid-${text}`) !== (rowOf.get(`kid-${text}`) ?? -1)) return false
      return [...textOf].every(([row, text]) => index.read(row) === text)
    }),
    { numRuns: 300 },
  )
  t.pass()
})

t.test('of two rows with one text the later is found, and the earlier once that is gone', async t => {
  const index = new TextIndex(8, '', 1)
  index.add('a', 0)
  index.add('a', 1)
  t.equal(index.find('a'), 1)
  index.remove(1)
  t.equal(index.find('a'), 0)
  index.remove(0)
  t.equal(index.find('a'), -1)
})

t.test('a hundred thousand texts are all found', async t => {
  const index = new TextIndex(8, '', 5)
  const rows = Array.from({ length: 100_000 }, (_, row) => row)
  for (const row of rows) index.add(`t${row}`, row)
  t.ok(rows.every(row => index.find(`t${row}`) === row))
  for (const row of rows) if (row % 3 > 0) index.remove(row)
  t.ok(rows.every(row => index.find(`t${row}`) === (row % 3 > 0 ? -1 : row)))
})
