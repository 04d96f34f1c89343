import t from 'tap'
import { honestParts } from '../../parts.js'
import { readSeq } from '../../session/record.js'
import { SessionSlab } from '../../session/session-slab.js'
import { systemEntropy } from '../clock.js'
import { LiveSession } from '../live-session.js'

type Role = 'initiator' | 'responder'

const surroundings = { monotonic: () => 7, entropy: systemEntropy, parts: honestParts }
const nothing: Uint8Array = new Uint8Array()

/** A session, and its two keys as they are in the slab. */
const sessionOf = (role: Role = 'responder', maxRecords = 16) => {
  let [c2sEnc, s2cEnc] = [nothing, nothing]
  const session = LiveSession.alone(
    { role, maxRecords, ...surroundings },
    { kid: 'kid-1', initDid: 'did:x:a', contextId: 'c' },
    (into, offset) => {
      c2sEnc = into.subarray(offset, offset + 32).fill(1)
      s2cEnc = into.subarray(offset + 32, offset + 64).fill(2)
    },
  )
  return { session, c2sEnc, s2cEnc }
}

/** A slab, and what takes a session in it whose keys are all `fill`. */
const slabOf = (role: Role) => {
  const slab = new SessionSlab({ maxRecords: 16n })
  const end = { role, slab, ...surroundings }
  const open = (fill: number): LiveSession => {
    const row = slab.take(`context-${fill}`, 0, (into, offset) => into.fill(fill, offset, offset + 64))
    return new LiveSession(end, row, `kid-${fill}`, 'did:x:a')
  }
  return { slab, open }
}

const isErased = (key: Uint8Array): boolean => key.every(byte => byte === 0)
const seal = (session: LiveSession): Uint8Array => session.seal(nothing, nothing)
const closed = { code: 'session_closed' }

t.test('records are numbered from 0 in steps of one, each with a nonce of its own', async t => {
  const { session } = sessionOf()
  t.ok(session.unused)
  const records = Array.from({ length: 16 }, () => seal(session))
  t.same(
    records.map(record => readSeq(record)),
    records.map((_record, i) => BigInt(i)),
  )
  t.equal(new Set(records.map(record => Buffer.from(record.subarray(8, 20)).toString('hex'))).size, 16)
  t.notOk(session.unused)
})

t.test('a session that has used its last number ends rather than seal another record', async t => {
  const { session, c2sEnc, s2cEnc } = sessionOf()
  for (let i = 0; i < 16; i++) seal(session)
  t.throws(() => seal(session), closed)
  t.ok(session.ended && isErased(c2sEnc) && isErased(s2cEnc))
})

t.test('both keys are erased at the end', async t => {
  const { session, c2sEnc, s2cEnc } = sessionOf()
  session.end()
  t.ok(isErased(c2sEnc) && isErased(s2cEnc))
  t.throws(() => seal(session), closed)
})

t.test('the key of the answers is erased once the last request under way is finished', async t => {
  for (const role of ['initiator', 'responder'] as const) {
    const { session, c2sEnc, s2cEnc } = sessionOf(role)
    session.begin()
    session.begin()
    session.end()
    t.ok(isErased(c2sEnc), role)
    if (role === 'responder') {
      seal(session)
      t.throws(() => session.open(nothing, new Uint8Array(36)), closed, 'no key to open with is not a key of zeros')
    } else t.throws(() => seal(session), closed, 'an initiator sends nothing more')
    session.finish()
    t.notOk(isErased(s2cEnc))
    session.finish()
    t.ok(isErased(s2cEnc))
    t.throws(() => seal(session), closed)
  }
})

t.test('an answer that comes after the end is opened while its request is under way', async t => {
  const { session } = sessionOf('initiator')
  const answer = seal(sessionOf('responder').session)
  session.begin()
  session.end()
  t.same(session.receive(nothing, answer), { seq: 0n, plaintext: nothing })
  session.finish()
  t.throws(() => session.open(nothing, answer), closed)
})

t.test('each role seals in its own direction and opens the other', async t => {
  const { session: initiator } = sessionOf('initiator')
  const { session: responder } = sessionOf('responder')
  t.same(responder.open(nothing, seal(initiator)).plaintext, nothing)
  t.same(initiator.open(nothing, seal(responder)).plaintext, nothing)
  t.throws(() => initiator.open(nothing, seal(initiator)), { code: 'authentication_failed' })
})

t.test('a record is received once', async t => {
  const { session: initiator } = sessionOf('initiator')
  const record = seal(sessionOf('responder').session)
  initiator.receive(nothing, record)
  t.throws(() => initiator.receive(nothing, record), { code: 'authentication_failed' })
})

t.test('the highest number accepted moves up only', async t => {
  const { session } = sessionOf()
  t.ok(session.accept(5n))
  t.ok(session.accept(3n))
  t.equal(session.highest, 5n)
  t.notOk(session.accept(3n))
  t.notOk(session.accept(16n))
  t.equal(session.highest, 5n)
})

t.test('a handle of a session that is gone is one that has ended, whoever has its row now', async t => {
  for (const role of ['initiator', 'responder'] as const) {
    const { open } = slabOf(role)
    const stale = open(1)
    stale.accept(3n)
    stale.confirm()
    const called: string[] = []
    const forget = stale.whenEnded(() => called.push('stale'))
    stale.end()
    const successor = open(2)
    successor.whenEnded(() => called.push('successor'))
    const record = seal(slabOf(role === 'initiator' ? 'responder' : 'initiator').open(2))

    t.throws(() => seal(stale), closed)
    t.throws(() => stale.open(nothing, record), closed)
    t.throws(() => stale.receive(nothing, record), closed)
    stale.confirm()
    stale.touch()
    stale.begin()
    stale.finish()
    stale.end()
    forget()
    stale.whenEnded(() => called.push('stale again'))
    t.match(stale, { ended: true, confirmed: false, unused: false, highest: -1n, contextId: '' })
    t.match(stale, { createdAt: -Infinity, usedAt: -Infinity, kid: 'kid-1', initDid: 'did:x:a' })
    t.notOk(stale.check(0n) || stale.accept(0n) || stale.isInContext('context-2'))

    t.match(successor, { ended: false, confirmed: false, unused: true, highest: -1n, contextId: 'context-2' })
    t.same(called, ['stale'])
    t.same(successor.receive(nothing, record).seq, 0n, 'its keys and its window are its own')
    successor.end()
    t.same(called, ['stale', 'successor'])
  }
})

t.test('a listener is called once, unless it was forgotten, and never for a successor', async t => {
  const { open } = slabOf('responder')
  const called: number[] = []
  const first = open(1)
  first.whenEnded(() => called.push(1))
  const forget = first.whenEnded(() => called.push(2))
  first.begin()
  forget()
  first.end()
  first.end()
  t.same(called, [1])
  first.whenEnded(() => called.push(3))
  first.finish()
  const second = open(2)
  second.end()
  t.same(called, [1], 'what was said to an ended session is not said to the next one in its row')
})

t.test('the row is nobody else’s before every listener has been told', async t => {
  const { slab, open } = slabOf('responder')
  const session = open(1)
  const others: LiveSession[] = []
  session.begin()
  session.whenEnded(() => session.finish())
  session.whenEnded(() => others.push(open(2)))
  session.end()
  const [other] = others
  t.notOk(other!.ended)
  t.ok(slab.isHeld(0, 1), 'the row of the first is free now')
  t.throws(() => seal(session), closed)
})

t.test('nothing secret is in a dump of a session', async t => {
  const { inspect } = await import('node:util')
  const { session } = sessionOf()
  t.notMatch(inspect(session, { depth: 9, showHidden: true }), /Uint8Array|slab/i)
})
