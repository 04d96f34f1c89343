import fc from 'fast-check'
import t from 'tap'
import { ReceiveWindows, windowOf, type Window } from '../receive-window.js'

const LIMIT = 1n << 32n

const create = (limit: bigint): Window => windowOf(new ReceiveWindows(limit))

/** The window as session.md words it, with nothing forgotten. */
class Model {
  highest = -1n
  private readonly seen = new Set<bigint>()

  accept(seq: bigint, limit: bigint): boolean {
    if (seq >= limit || seq <= this.highest - 1024n || this.seen.has(seq)) return false
    this.seen.add(seq)
    if (seq > this.highest) this.highest = seq
    return true
  }
}

t.test('a number is accepted once, in any order within the window', async t => {
  const window = create(LIMIT)
  for (const seq of [5n, 0n, 4n, 1000n, 6n]) t.ok(window.accept(seq), `${seq}`)
  for (const seq of [5n, 0n, 4n, 1000n, 6n]) t.notOk(window.accept(seq), `${seq} again`)
})

t.test('the border is H - 1024', async t => {
  const window = create(LIMIT)
  t.ok(window.accept(2000n))
  t.notOk(window.check(976n))
  t.ok(window.accept(977n))
  t.notOk(window.accept(977n))
})

t.test('a number one or two widths on has a place of its own', async t => {
  for (const width of [1024n, 2048n]) {
    const window = create(LIMIT)
    t.ok(window.accept(7n))
    t.ok(window.accept(7n + width), `${width} later`)
    t.notOk(window.accept(7n + width))
    t.ok(window.accept(8n + width - 1024n), 'what moved into view was never accepted')
  }
})

t.test('looking changes nothing', async t => {
  const window = create(LIMIT)
  t.ok(window.check(5000n))
  t.ok(window.check(5000n))
  t.ok(window.accept(0n), 'a number that was only looked at has not moved the window')
})

t.test('the limit itself is refused, the number before it is not', async t => {
  const window = create(16n)
  t.notOk(window.accept(16n))
  t.ok(window.accept(15n))
  t.notOk(window.accept(1n << 63n))
  t.notOk(window.check(-1n))
})

t.test('numbers above 2^53 are told apart', async t => {
  const window = create(1n << 64n)
  const seq = 1n << 53n
  t.ok(window.accept(seq))
  t.ok(window.accept(seq + 1n))
  t.notOk(window.accept(seq + 1n))
  t.ok(window.accept((1n << 64n) - 1n))
  t.notOk(window.accept(seq))
})

t.test('the highest number accepted moves up only, and is -1 before there is one', async t => {
  const windows = new ReceiveWindows(LIMIT)
  const highest: bigint[] = []
  for (const seq of [0n, 5n, 3n, 2000n, 3n]) {
    highest.push(windows.highest(0))
    windows.accept(0, seq)
  }
  t.same([...highest, windows.highest(0)], [-1n, 0n, 5n, 5n, 2000n, 2000n])
})

t.test('a window knows nothing of its neighbours, and nothing of what was before it was cleared', async t => {
  const windows = new ReceiveWindows(LIMIT, 1)
  const rows = [0, 1, 2, 3]
  for (const row of rows) for (const seq of [0n, 40n + BigInt(row), 3000n]) t.ok(windows.accept(row, seq))
  windows.clear(1)
  t.same(
    rows.map(row => windows.highest(row)),
    [3000n, -1n, 3000n, 3000n],
  )
  for (const seq of [0n, 41n, 3000n]) {
    t.ok(windows.accept(1, seq))
    t.notOk(windows.check(2, seq))
  }
})

t.test('any sequence is judged as by a window that forgets nothing', async t => {
  const step = fc.oneof(
    fc.bigInt(-3000n, 3000n),
    fc.constantFrom(-1025n, -1024n, -1023n, -33n, -32n, -1n, 0n, 1n, 31n, 32n, 1023n, 1024n, 1025n, 2048n),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const windows = new ReceiveWindows(40_000n)
      const model = new Model()
      let seq = 0n
      for (const by of steps) {
        seq = seq + by < 0n ? 0n : seq + by
        const expected = model.accept(seq, 40_000n)
        if (windows.check(0, seq) !== expected || windows.accept(0, seq) !== expected) return false
        if (windows.highest(0) !== model.highest) return false
      }
      return true
    }),
    { numRuns: 500 },
  )
  t.pass()
})
