import t from 'tap'
import { SessionSlab } from '../session-slab.js'

const slabOf = (usesOfARow?: number) => {
  const slab = new SessionSlab({ maxRecords: 16n, chunkBits: 1, ...(usesOfARow && { usesOfARow }) })
  const chunks = new Set<Uint8Array>()
  const take = (fill = 1): number =>
    slab.take(`c-${fill}`, 0, (into, offset) => {
      chunks.add(into)
      into.fill(fill, offset, offset + 64)
    })
  const isErased = (): boolean => [...chunks].every(chunk => chunk.every(byte => byte === 0))
  return { slab, take, isErased, chunks }
}

t.test('a row is used again, in another generation', async t => {
  const { slab, take } = slabOf()
  const first = take()
  const generation = slab.generation(first)
  t.ok(slab.isHeld(first, generation))
  slab.end(first)
  t.notOk(slab.isHeld(first, generation))
  t.equal(take(), first)
  t.not(slab.generation(first), generation)
  t.notOk(slab.isHeld(first, generation))
})

t.test('a row is retired before a generation could come twice', async t => {
  const { slab, take } = slabOf(3)
  const rows = Array.from({ length: 4 }, () => {
    const row = take()
    slab.end(row)
    return row
  })
  t.same(rows, [0, 0, 0, 1])
  t.notOk(slab.isHeld(0, 0) || slab.isHeld(0, 1) || slab.isHeld(0, 2))
})

t.test('nothing of a session is in its row once it is free', async t => {
  const { slab, take, isErased } = slabOf()
  const rows = [1, 2, 3, 4, 5].map(fill => take(fill))
  for (const row of rows) {
    slab.windows.accept(row, 0n)
    slab.windows.accept(row, 5n)
    slab.advance(row)
    slab.lives.confirm(row)
    slab.begin(row)
    slab.begin(row)
  }
  for (const row of rows) slab.end(row)
  t.notOk(isErased(), 'answers are still to be sealed')
  for (const row of rows) {
    t.ok(slab.c2sEnc(row).every(byte => byte === 0))
    t.ok(slab.s2cEnc(row).every(byte => byte === row + 1))
    slab.finish(row)
  }
  for (const row of rows) slab.finish(row)
  t.ok(isErased())
  t.same(new Set(rows.map(() => take(9))), new Set(rows))
  for (const row of rows) {
    t.equal(slab.windows.highest(row), -1n)
    t.ok(slab.windows.check(row, 0n) && slab.windows.check(row, 5n))
    t.equal(slab.nextSeq(row), 0n)
    t.equal(slab.unanswered(row), 0)
    t.notOk(slab.lives.isConfirmed(row))
    t.equal(slab.contextId(row), 'c-9')
  }
})

t.test('growing moves no key', async t => {
  const { take, chunks } = slabOf()
  for (let i = 0; i < 9; i++) take(7)
  t.equal(chunks.size, 5)
  t.equal(
    [...chunks].flatMap(chunk => [...chunk]).filter(byte => byte === 7).length,
    9 * 64,
    'and there is no other copy of one',
  )
})

t.test(
  'every listener is told although one of them ends the session again, and the row is free after that',
  async t => {
    const { slab, take } = slabOf()
    const row = take()
    const generation = slab.generation(row)
    const told: string[] = []
    slab.onEnd = ended => told.push(`table ${ended}`)
    slab.whenEnded(row, () => {
      told.push('first')
      slab.end(row)
    })
    slab.whenEnded(row, () => told.push(`second, ${slab.isHeld(row, generation)}`))
    slab.end(row)
    t.same(told, ['table 0', 'first', 'second, true'])
    t.notOk(slab.isHeld(row, generation))
  },
)
