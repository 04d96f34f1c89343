import fc from 'fast-check'
import t from 'tap'
import { DidCounts } from '../did-counts.js'

const names = [
  'did:key:z6MkAAAA',
  'did:key:z6MkBBBB',
  'did:web:example.com',
  `did:web:${'long.'.repeat(30)}`,
  'did:x:é',
]

t.test('whose a row is, and how many are whose, is as in a map', async t => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(30), fc.nat(4)), { maxLength: 200 }), steps => {
      const dids = new DidCounts(3)
      const didOf = new Map<number, string>()
      for (const [row, which] of steps) {
        if (didOf.delete(row)) dids.remove(row)
        else {
          dids.add(row, names[which]!)
          didOf.set(row, names[which]!)
        }
        for (const name of names)
          if (dids.count(name) !== [...didOf.values()].filter(did => did === name).length) return false
        for (const [row, did] of didOf) if (dids.didOf(row) !== did) return false
      }
      return true
    }),
    { numRuns: 200 },
  )
  t.pass()
})
