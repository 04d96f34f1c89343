import fc from 'fast-check'
import t from 'tap'
import { BoundedReplayStore } from '../replay-store.js'

const storeOf = (capacity: number) => {
  const clock = { ms: 0 }
  const store = new BoundedReplayStore({ capacity, monotonic: () => clock.ms, key: (did, nonce) => `${did}|${nonce}` })
  return { store, clock }
}

t.test('a pair is fresh once', async t => {
  const { store } = storeOf(10)
  t.equal(store.claim('did:x:a', 'n'), 'fresh')
  t.equal(store.claim('did:x:a', 'n'), 'seen')
  t.equal(store.claim('did:x:b', 'n'), 'fresh', 'the nonce of another initiator is another')
})

t.test('a pair is remembered for 600 seconds, those included, from the time it was accepted', async t => {
  const { store, clock } = storeOf(10)
  store.claim('did:x:a', 'n')
  clock.ms = 300_000
  t.equal(store.claim('did:x:a', 'n'), 'seen')
  clock.ms = 600_000
  t.equal(store.claim('did:x:a', 'n'), 'seen', 'an attempt in between changes nothing')
  clock.ms = 600_001
  t.equal(store.claim('did:x:a', 'n'), 'fresh')
})

t.test('a full store says so, forgets nothing, and has room again in time', async t => {
  const { store, clock } = storeOf(2)
  store.claim('did:x:a', '1')
  clock.ms = 100_000
  store.claim('did:x:a', '2')
  t.equal(store.claim('did:x:a', '3'), 'full')
  t.equal(store.claim('did:x:a', '1'), 'seen')
  clock.ms = 600_001
  t.equal(store.claim('did:x:a', '3'), 'fresh')
  t.equal(store.claim('did:x:a', '2'), 'seen')
  t.equal(store.size, 2)
})

t.test('it answers as a list of everything that was accepted would', async () => {
  const steps = fc.array(
    fc.record({ wait: fc.integer({ min: 0, max: 400_000 }), nonce: fc.constantFrom('a', 'b', 'c', 'd') }),
  )
  fc.assert(
    fc.property(steps, steps => {
      const { store, clock } = storeOf(3)
      const accepted: { nonce: string; at: number }[] = []
      for (const { wait, nonce } of steps) {
        clock.ms += wait
        const live = accepted.filter(({ at }) => clock.ms - at <= 600_000)
        const expected = live.some(entry => entry.nonce === nonce) ? 'seen' : live.length >= 3 ? 'full' : 'fresh'
        if (store.claim('did:x:a', nonce) !== expected) return false
        if (expected === 'fresh') accepted.push({ nonce, at: clock.ms })
      }
      return true
    }),
    { numRuns: 300 },
  )
})
