import fc from 'fast-check'
import t from 'tap'
import { ReceiveWindow } from '../receive-window.js'

const LIMIT = 1n << 32n

/** The window as session.md words it, with nothing forgotten. */
class Model {
  private highest = -1n
  private readonly seen = new Set<bigint>()

  accept(seq: bigint, limit: bigint): boolean {
    if (seq >= limit || seq <= this.highest - 1024n || this.seen.has(seq)) return false
    this.seen.add(seq)
    if (seq > this.highest) this.highest = seq
    return true
  }
}

t.test('a number is accepted once, in any order within the window', async t => {
  const window = new ReceiveWindow(LIMIT)
  for (const seq of [5n, 0n, 4n, 1000n, 6n]) t.ok(window.accept(seq), `${seq}`)
  for (const seq of [5n, 0n, 4n, 1000n, 6n]) t.notOk(window.accept(seq), `${seq} again`)
})

t.test('the border is H - 1024', async t => {
  const window = new ReceiveWindow(LIMIT)
  t.ok(window.accept(2000n))
  t.notOk(window.check(976n))
  t.ok(window.accept(977n))
  t.notOk(window.accept(977n))
})

t.test('a number one or two widths on has a place of its own', async t => {
  for (const width of [1024n, 2048n]) {
    const window = new ReceiveWindow(LIMIT)
    t.ok(window.accept(7n))
    t.ok(window.accept(7n + width), `${width} later`)
    t.notOk(window.accept(7n + width))
    t.ok(window.accept(8n + width - 1024n), 'what moved into view was never accepted')
  }
})

t.test('looking changes nothing', async t => {
  const window = new ReceiveWindow(LIMIT)
  t.ok(window.check(5000n))
  t.ok(window.check(5000n))
  t.ok(window.accept(0n), 'a number that was only looked at has not moved the window')
})

t.test('the limit itself is refused, the number before it is not', async t => {
  const window = new ReceiveWindow(16n)
  t.notOk(window.accept(16n))
  t.ok(window.accept(15n))
  t.notOk(window.accept(1n << 63n))
  t.notOk(window.check(-1n))
})

t.test('numbers above 2^53 are told apart', async t => {
  const window = new ReceiveWindow(1n << 64n)
  const seq = 1n << 53n
  t.ok(window.accept(seq))
  t.ok(window.accept(seq + 1n))
  t.notOk(window.accept(seq + 1n))
  t.ok(window.accept((1n << 64n) - 1n))
  t.notOk(window.accept(seq))
})

t.test('any sequence is judged as by a window that forgets nothing', async t => {
  const step = fc.oneof(
    fc.bigInt(-3000n, 3000n),
    fc.constantFrom(-1025n, -1024n, -1023n, -1n, 0n, 1n, 1023n, 1024n, 1025n, 2048n),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const window = new ReceiveWindow(40_000n)
      const model = new Model()
      let seq = 0n
      for (const by of steps) {
        seq = seq + by < 0n ? 0n : seq + by
        const expected = model.accept(seq, 40_000n)
        if (window.check(seq) !== expected || window.accept(seq) !== expected) return false
      }
      return true
    }),
    { numRuns: 500 },
  )
  t.pass()
})
