import fc from 'fast-check'
import t from 'tap'
import { concat } from '../../bytes/concat.js'
import { Gathered } from '../gathered.js'

t.test('what is gathered is its pieces in their order, which stay as they were', async t => {
  const pieces = fc.array(
    fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 9000, maxLength: 20_000 })),
  )
  fc.assert(
    fc.property(pieces, pieces => {
      const before = pieces.map(piece => Uint8Array.from(piece))
      const gathered = new Gathered()
      for (const piece of pieces) gathered.add(piece)
      t.strictSame(gathered.bytes(), concat(...before))
      t.equal(gathered.length, gathered.bytes().length)
      t.strictSame(pieces, before)
    }),
    { numRuns: 50 },
  )
})

t.test('a body in one piece is not copied, and the second piece does not go into memory of the first', async t => {
  const memory = new Uint8Array(32)
  const gathered = new Gathered()
  gathered.add(memory.subarray(0, 8))
  t.equal(gathered.bytes().buffer, memory.buffer)
  gathered.add(Uint8Array.of(1))
  t.strictSame(memory, new Uint8Array(32))
})
