import fc from 'fast-check'
import t from 'tap'
import { emptyList, RowLinks } from '../row-list.js'

t.test('a list is in the order in which its rows were appended or moved', async t => {
  const step = fc.tuple(fc.constantFrom('append', 'remove', 'move'), fc.nat(12))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), steps => {
      const [links, list] = [new RowLinks(2), emptyList()]
      let expected: number[] = []
      for (const [what, row] of steps) {
        const isIn = expected.includes(row)
        if (what === 'append' ? isIn : !isIn) continue
        if (what === 'append') links.append(list, row)
        else if (what === 'remove') links.remove(list, row)
        else links.moveToEnd(list, row)
        expected = expected.filter(other => other !== row)
        if (what !== 'remove') expected.push(row)
        const ends = [list.first, list.last, list.length]
        if (String(ends) !== String([expected.at(0) ?? -1, expected.at(-1) ?? -1, expected.length])) return false
      }
      for (const row of expected) {
        if (list.first !== row) return false
        links.remove(list, row)
      }
      return list.first === -1 && list.last === -1 && list.length === 0
    }),
    { numRuns: 300 },
  )
  t.pass()
})
