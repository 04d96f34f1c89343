import t from 'tap'
import { honestParts } from '../../parts.js'
import { openRecord, readSeq } from '../../session/record.js'
import { systemEntropy } from '../clock.js'
import { LiveSession } from '../live-session.js'

const sessionOf = (role: 'initiator' | 'responder' = 'responder', maxRecords = 16) => {
  const [c2sEnc, s2cEnc] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
  const monotonic = (): number => 0
  const names = { role, kid: 'kid-1', initDid: 'did:x:a', contextId: 'c' }
  const input = { ...names, c2sEnc, s2cEnc, maxRecords, monotonic, entropy: systemEntropy }
  return { session: new LiveSession(input, honestParts), c2sEnc, s2cEnc }
}

const isErased = (key: Uint8Array): boolean => key.every(byte => byte === 0)
const seal = (session: LiveSession): Uint8Array => session.seal(new Uint8Array(), new Uint8Array())

t.test('records are numbered from 0 in steps of one, each with a nonce of its own', async t => {
  const { session } = sessionOf()
  const records = Array.from({ length: 16 }, () => seal(session))
  t.same(
    records.map(record => readSeq(record)),
    records.map((_record, i) => BigInt(i)),
  )
  t.equal(new Set(records.map(record => Buffer.from(record.subarray(8, 20)).toString('hex'))).size, 16)
})

t.test('a session that has used its last number ends rather than seal another record', async t => {
  const { session, c2sEnc, s2cEnc } = sessionOf()
  for (let i = 0; i < 16; i++) seal(session)
  t.throws(() => seal(session), { code: 'session_closed' })
  t.ok(session.ended && isErased(c2sEnc) && isErased(s2cEnc))
})

t.test('both keys are erased at the end', async t => {
  const { session, c2sEnc, s2cEnc } = sessionOf()
  session.end()
  t.ok(isErased(c2sEnc) && isErased(s2cEnc))
  t.throws(() => seal(session), { code: 'session_closed' })
})

t.test('the key of the answers is erased once the last request under way is finished', async t => {
  for (const role of ['initiator', 'responder'] as const) {
    const { session, c2sEnc, s2cEnc } = sessionOf(role)
    session.begin()
    session.begin()
    session.end()
    t.ok(isErased(c2sEnc), role)
    if (role === 'responder') seal(session)
    else t.throws(() => seal(session), { code: 'session_closed' }, 'an initiator sends nothing more')
    session.finish()
    t.notOk(isErased(s2cEnc))
    session.finish()
    t.ok(isErased(s2cEnc))
    t.throws(() => seal(session), { code: 'session_closed' })
  }
})

t.test('each role seals in its own direction and opens the other', async t => {
  const { session: initiator } = sessionOf('initiator')
  const { session: responder } = sessionOf('responder')
  const nothing = new Uint8Array()
  t.same(openRecord({ key: responder.openKey, callerAad: nothing, record: seal(initiator) }).plaintext, nothing)
  t.same(openRecord({ key: initiator.openKey, callerAad: nothing, record: seal(responder) }).plaintext, nothing)
  t.throws(() => openRecord({ key: initiator.openKey, callerAad: nothing, record: seal(initiator) }))
})

t.test('the highest number accepted moves up only', async t => {
  const { session } = sessionOf()
  t.ok(session.mark(5n))
  t.ok(session.mark(3n))
  t.equal(session.highest, 5n)
  t.notOk(session.mark(3n))
  t.notOk(session.mark(16n))
  t.equal(session.highest, 5n)
})
