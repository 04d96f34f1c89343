import t from 'tap'
import type { SessionLife } from '../session-lives.js'
import { SessionSlab } from '../session-slab.js'
import { SessionTable } from '../session-table.js'

interface Handle extends SessionLife {
  readonly row: number
}

/** The sessions of these tests are over after 100 ms, unused after 50, unconfirmed after 20. */
const tableOf = (caps = { inAll: 3, provisional: 2, perDid: 2 }) => {
  const clock = { now: 0 }
  const slab = new SessionSlab({ maxRecords: 16n })
  const table = new SessionTable<Handle>({
    caps,
    slab,
    handle: row => ({ row, ...slab.lives.of(row) }),
    isOver: ({ createdAt, usedAt, confirmed }) =>
      clock.now - createdAt >= 100 || clock.now - usedAt >= 50 || (!confirmed && clock.now - createdAt >= 20),
    monotonic: () => clock.now,
    seed: 1,
  })
  const add = (kid: string, initDid = 'did:x:a'): number =>
    table.add({ kid, initDid, contextId: 'c' }, (into, offset) => into.fill(1, offset, offset + 64)).row
  const confirmed = (kid: string, initDid?: string): number => {
    const row = add(kid, initDid)
    slab.lives.confirm(row)
    return row
  }
  return { table, slab, clock, add, confirmed }
}

t.test('a session is found by its kid until it ends', async t => {
  const { table, slab, add } = tableOf()
  const session = add('a')
  add('b')
  t.equal(table.find('a')?.row, session)
  t.equal(table.find('A'), undefined)
  slab.end(session)
  t.equal(table.find('a'), undefined)
  t.equal(table.size, 1)
})

t.test('a session that is over is not found, and ends when it is looked for', async t => {
  const { table, slab, clock, add } = tableOf()
  const session = add('a')
  clock.now = 20
  t.equal(table.find('a'), undefined)
  t.notOk(slab.lives.isAlive(session))
  t.equal(table.size, 0)
})

t.test('a cap is inclusive, in all, for provisional sessions and for a DID', async t => {
  const inAll = tableOf()
  inAll.confirmed('a', 'did:x:1')
  inAll.confirmed('b', 'did:x:2')
  t.ok(inAll.table.hasRoom())
  inAll.confirmed('c', 'did:x:3')
  t.notOk(inAll.table.hasRoom())

  const provisional = tableOf()
  provisional.add('a')
  t.ok(provisional.table.hasRoom())
  const second = provisional.add('b')
  t.notOk(provisional.table.hasRoom())
  provisional.slab.lives.confirm(second)
  t.ok(provisional.table.hasRoom(), 'a confirmed session is provisional no longer')

  const ofDid = tableOf()
  ofDid.confirmed('a')
  t.ok(ofDid.table.hasRoomFor('did:x:a'))
  const last = ofDid.confirmed('b')
  t.notOk(ofDid.table.hasRoomFor('did:x:a'))
  t.ok(ofDid.table.hasRoomFor('did:x:b'))
  ofDid.slab.end(last)
  t.ok(ofDid.table.hasRoomFor('did:x:a'))
})

t.test('at a cap, sessions that are over make room at once, and live ones never', async t => {
  const { table, slab, clock, confirmed } = tableOf()
  const [a, b, c] = [confirmed('a'), confirmed('b', 'did:x:b'), confirmed('c', 'did:x:c')]
  clock.now = 30
  slab.lives.touch(a, 30)
  slab.lives.touch(c, 30)
  t.notOk(table.hasRoom())
  clock.now = 50
  t.ok(table.hasRoom())
  t.same(
    [a, b, c].map(row => slab.lives.isAlive(row)),
    [true, false, true],
  )
})

t.test('among many that are over at once, the provisional ones make room for one that will be', async t => {
  const { table, clock, add, confirmed } = tableOf({ inAll: 1000, provisional: 2, perDid: 1000 })
  for (let i = 0; i < 500; i++) confirmed(`idle-${i}`)
  add('a')
  add('b')
  clock.now = 50
  t.ok(table.hasRoom())
})

t.test('a DID at its cap has room once one of its own is over, wherever that is among the others', async t => {
  const { table, clock, confirmed } = tableOf({ inAll: 1000, provisional: 2, perDid: 2 })
  for (let i = 0; i < 500; i++) confirmed(`other-${i}`, `did:x:${i}`)
  confirmed('a')
  clock.now = 10
  confirmed('b')
  t.notOk(table.hasRoomFor('did:x:a'))
  clock.now = 50
  t.ok(table.hasRoomFor('did:x:a'))
})

t.test('the sweep ends what is over and nothing else, for each reason', async t => {
  const { table, slab, clock, add, confirmed } = tableOf({ inAll: 9, provisional: 9, perDid: 9 })
  const rows = { old: confirmed('old'), idle: confirmed('idle'), provisional: 0, live: 0 }
  clock.now = 45
  slab.lives.touch(rows.old, clock.now)
  rows.live = confirmed('live')
  rows.provisional = add('provisional')
  const alive = (): string[] =>
    Object.entries(rows)
      .filter(([name]) => table.find(name) !== undefined)
      .map(([name]) => name)
  clock.now = 50
  table.sweep()
  t.same(alive(), ['old', 'provisional', 'live'])
  clock.now = 65
  table.sweep()
  t.same(alive(), ['old', 'live'])
  slab.lives.touch(rows.old, 90)
  slab.lives.touch(rows.live, 90)
  clock.now = 100
  t.same(table.count(), { live: 1, provisional: 0 })
  t.same(alive(), ['live'])
})

t.test('a sweep can be made in steps, each of which says whether there is more to do', async t => {
  const { table, clock, add } = tableOf({ inAll: 99, provisional: 99, perDid: 99 })
  for (let i = 0; i < 10; i++) add(`${i}`)
  clock.now = 20
  t.same([table.sweep(4), table.size], [true, 6])
  t.same([table.sweep(6), table.size], [true, 0])
  t.same([table.sweep(4), table.size], [false, 0])
})

t.test('a session that has ended takes no later one of the same kid with it', async t => {
  const { table, slab, add } = tableOf()
  const first = add('a')
  const second = add('a')
  slab.end(first)
  t.equal(table.find('a')?.row, second)
})

t.test('a session whose keys cannot be derived is none', async t => {
  const { table, slab, add } = tableOf()
  const keys: Uint8Array[] = []
  const names = { kid: 'a', initDid: 'did:x:a', contextId: 'c' }
  const fail = (into: Uint8Array, offset: number): never => {
    keys.push(into.subarray(offset, offset + 64).fill(9))
    throw new Error('no')
  }
  t.throws(() => table.add(names, fail), { message: 'no' })
  t.equal(table.size, 0)
  t.equal(table.find('a'), undefined)
  t.ok(keys[0]!.every(byte => byte === 0))
  t.equal(add('b'), 0, 'its row is taken by the next')
  slab.end(0)
  t.throws(() => table.add(names, fail), { message: 'no' })
  t.same([add('c'), add('d')], [0, 1])
})

t.test('a closed table has ended every session and has no room', async t => {
  const { table, slab, add, confirmed } = tableOf()
  const rows = [add('a'), confirmed('b')]
  table.close()
  t.ok(rows.every(row => !slab.lives.isAlive(row)))
  t.equal(table.size, 0)
  t.notOk(table.hasRoom())
})
