import t from 'tap'
import { enforce, enforceInTurn, type LaterGuard } from '../guard.js'

interface Context {
  readonly seen: string[]
  readonly refusedBy?: string
}

const now = (name: string): LaterGuard<Context> => [
  'error.precedence',
  ({ seen, refusedBy }) => {
    seen.push(name)
    return refusedBy === name ? 'malformed' : undefined
  },
]

const later = (name: string): LaterGuard<Context> => [
  'error.precedence',
  async ({ seen, refusedBy }) => {
    await Promise.resolve()
    seen.push(name)
    return refusedBy === name ? 'unavailable' : undefined
  },
]

t.test('guards that know by themselves are done when the call returns', async t => {
  const seen: string[] = []
  t.equal(enforceInTurn([now('a'), now('b')], { seen }), undefined)
  t.same(seen, ['a', 'b'])
  t.throws(() => enforceInTurn([now('a'), now('b')], { seen, refusedBy: 'a' }), { code: 'malformed' })
  t.same(seen, ['a', 'b', 'a'], 'none is asked after the one that refuses')
  t.throws(() => enforce([['error.precedence', () => 'malformed']], {}), { code: 'malformed', message: 'malformed' })
})

t.test('a guard that has to ask holds up those after it, and refuses as the others do', async t => {
  const guards = [now('a'), later('b'), now('c'), later('d'), now('e')]
  const ask = async (refusedBy?: string): Promise<string[]> => {
    const seen: string[] = []
    const asked = enforceInTurn(guards, { seen, ...(refusedBy !== undefined && { refusedBy }) })
    t.same(seen, ['a'])
    if (refusedBy === undefined) await asked
    else await t.rejects(asked!, { code: 'bd'.includes(refusedBy) ? 'unavailable' : 'malformed' })
    return seen
  }
  t.same(await ask(), ['a', 'b', 'c', 'd', 'e'])
  t.same(await ask('b'), ['a', 'b'])
  t.same(await ask('c'), ['a', 'b', 'c'])
  t.same(await ask('d'), ['a', 'b', 'c', 'd'])
})
