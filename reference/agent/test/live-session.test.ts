import t from 'tap'
import { honestParts } from '../../parts.js'
import { readSeq } from '../../session/record.js'
import { systemEntropy } from '../clock.js'
import { LiveSession } from '../live-session.js'

const sessionOf = (maxRecords = 16) => {
  const [openKey, sealKey] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
  const monotonic = (): number => 0
  const names = { kid: 'kid-1', initDid: 'did:x:a', contextId: 'c' }
  const input = { ...names, openKey, sealKey, maxRecords, monotonic, entropy: systemEntropy }
  return { session: new LiveSession(input, honestParts), openKey, sealKey }
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
  const { session, openKey, sealKey } = sessionOf()
  for (let i = 0; i < 16; i++) seal(session)
  t.throws(() => seal(session), { code: 'session_closed' })
  t.ok(session.ended && isErased(openKey) && isErased(sealKey))
})

t.test('both keys are erased at the end', async t => {
  const { session, openKey, sealKey } = sessionOf()
  session.end()
  t.ok(isErased(openKey) && isErased(sealKey))
  t.throws(() => seal(session), { code: 'session_closed' })
})

t.test('the key to answer with is erased once the last opened request has been answered', async t => {
  const { session, openKey, sealKey } = sessionOf()
  session.begin()
  session.begin()
  session.end()
  t.ok(isErased(openKey))
  seal(session)
  session.finish()
  t.notOk(isErased(sealKey))
  seal(session)
  session.finish()
  t.ok(isErased(sealKey))
  t.throws(() => seal(session), { code: 'session_closed' })
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
