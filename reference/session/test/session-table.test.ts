import t from 'tap'
import { SessionTable, type TabledSession } from '../session-table.js'

class Stub implements TabledSession {
  confirmed = false
  over = false
  ended = 0
  constructor(
    readonly kid: string,
    readonly initDid = 'did:x:a',
  ) {}
  end(): void {
    this.ended++
  }
}

const caps = { inAll: 3, provisional: 2, perDid: 2 }
let now = 0
const tableOf = (...sessions: Stub[]): SessionTable<Stub> => {
  const table = new SessionTable<Stub>(
    caps,
    session => session.over,
    () => now,
  )
  for (const session of sessions) table.add(session)
  return table
}
const confirmed = (kid: string, initDid?: string): Stub => Object.assign(new Stub(kid, initDid), { confirmed: true })

t.test('a session is found by its kid until it ends', async t => {
  const session = new Stub('a')
  const table = tableOf(session, new Stub('b'))
  t.equal(table.find('a'), session)
  t.equal(table.find('A'), undefined)
  table.end(session)
  t.equal(table.find('a'), undefined)
  t.equal(session.ended, 1)
  t.equal(table.size, 1)
})

t.test('a session that is over is not found, and ends when it is looked for', async t => {
  const session = new Stub('a')
  const table = tableOf(session)
  session.over = true
  t.equal(table.find('a'), undefined)
  t.equal(session.ended, 1)
  t.equal(table.size, 0)
})

t.test('a cap is inclusive, in all, for provisional sessions and for a DID', async t => {
  const inAll = tableOf(confirmed('a', 'did:x:1'), confirmed('b', 'did:x:2'))
  t.ok(inAll.hasRoom())
  inAll.add(confirmed('c', 'did:x:3'))
  t.notOk(inAll.hasRoom())

  const provisional = tableOf(new Stub('a'))
  t.ok(provisional.hasRoom())
  const second = new Stub('b')
  provisional.add(second)
  t.notOk(provisional.hasRoom())
  second.confirmed = true
  t.ok(provisional.hasRoom(), 'a confirmed session is provisional no longer')

  const ofDid = tableOf(confirmed('a'))
  t.ok(ofDid.hasRoomFor('did:x:a'))
  const last = confirmed('b')
  ofDid.add(last)
  t.notOk(ofDid.hasRoomFor('did:x:a'))
  t.ok(ofDid.hasRoomFor('did:x:b'))
  ofDid.end(last)
  t.ok(ofDid.hasRoomFor('did:x:a'))
})

t.test('at a cap, sessions that are over make room, and live ones never', async t => {
  now = 0
  const sessions = [confirmed('a'), confirmed('b', 'did:x:b'), confirmed('c', 'did:x:c')]
  const table = tableOf(...sessions)
  t.notOk(table.hasRoom())
  sessions[1]!.over = true
  t.notOk(table.hasRoom(), 'not searched again at once')
  now += 1000
  t.ok(table.hasRoom())
  t.same(
    sessions.map(session => session.ended),
    [0, 1, 0],
  )
})

t.test('the sweep ends what is over and nothing else', async t => {
  const sessions = [new Stub('a'), new Stub('b')]
  const table = tableOf(...sessions)
  sessions[0]!.over = true
  table.sweep()
  t.same(
    sessions.map(session => session.ended),
    [1, 0],
  )
})

t.test('a session that has ended takes no later one of the same kid with it', async t => {
  const table = tableOf()
  const [first, second] = [new Stub('a'), new Stub('a')]
  table.add(first)
  table.end(first)
  table.add(second)
  table.end(first)
  t.equal(table.find('a'), second)
})

t.test('a closed table has ended every session and has no room', async t => {
  const sessions = [new Stub('a'), confirmed('b')]
  const table = tableOf(...sessions)
  table.close()
  t.same(
    sessions.map(session => session.ended),
    [1, 1],
  )
  t.equal(table.size, 0)
  t.notOk(table.hasRoom())
})
