import t from 'tap'
import { defaultLimits, type Limits } from '../../../schemas/index.js'
import type { WireHook } from '../../http/wire.js'
import { connect, type ConnectOptions } from '../connect.js'
import { honestSeams } from '../honest-seams.js'
import { createIdentity } from '../identity.js'
import { createResponder } from '../responder.js'
import { FakeClock } from './stage.js'

const identity = createIdentity()
const own = createIdentity()

/** A responder with these limits that counts the session messages which it answers. */
const counting = async (limits: Partial<Limits>, clock = new FakeClock()) => {
  const answered: string[] = []
  const wire: WireHook = (answer, { message }) => {
    if (message?.kind === 'session') answered.push(message.message.task_id)
    return answer
  }
  const agent = await createResponder({ identity, clock, limits }, { ...honestSeams, wire })
  const join = (options: Partial<ConnectOptions> = {}) => connect(agent.url, { identity: own, clock, ...options })
  return { agent, answered, clock, join, [Symbol.asyncDispose]: () => agent.close() }
}

const withoutCard = { peer: { did: identity.did, kemKey: identity.kemPublicKey } }

t.test('a session whose records are used up is closed rather than sealed in again', async t => {
  await using on = await counting({ maxSessionRecords: 16 })
  const session = await on.join()
  for (let i = 0; i < 16; i++) await session.ping()
  await t.rejects(session.ping(), { code: 'session_closed' })
  await session.close()
  t.equal(on.answered.length, 16, 'not even a farewell may use a number beyond the last')
})

t.test('what a card says is too large is not sent; without a card it is what the defaults say', async t => {
  await using on = await counting({ maxMessageBytes: 65_536 })
  const [informed, uninformed] = [await on.join(), await on.join(withoutCard)]
  const large = new Uint8Array(60_000)
  await t.rejects(informed.send('sage/echo@v1', large), { code: 'payload_too_large', cause: undefined })
  t.equal((await informed.send('sage/echo@v1', new Uint8Array(48_000))).length, 48_000)
  await t.rejects(uninformed.send('sage/echo@v1', large), {
    code: 'outcome_unknown',
    cause: { code: 'payload_too_large' },
  })
  const overDefault = new Uint8Array(defaultLimits.maxMessageBytes)
  await t.rejects(uninformed.send('sage/echo@v1', overDefault), { code: 'payload_too_large', cause: undefined })
  for (const session of [informed, uninformed]) await session.close()
})

t.test('without a card a session lives as long as the defaults say', async t => {
  await using on = await counting({
    maxSessionAgeSeconds: 86_400,
    maxSessionIdleSeconds: 86_400,
    provisionalSeconds: 300,
  })
  const session = await on.join(withoutCard)
  const { maxSessionIdleSeconds, maxSessionAgeSeconds, provisionalSeconds } = defaultLimits
  await session.ping()
  for (let age = 0; age + maxSessionIdleSeconds <= maxSessionAgeSeconds; age += maxSessionIdleSeconds) {
    on.clock.advance(maxSessionIdleSeconds - 0.001)
    await session.ping()
  }
  on.clock.advance(1)
  await t.rejects(session.ping(), { code: 'session_closed' })
  const [idle, unused] = [await on.join(withoutCard), await on.join(withoutCard)]
  await idle.ping()
  on.clock.advance(provisionalSeconds)
  await t.rejects(unused.ping(), { code: 'session_closed' }, 'the peer has dropped it unconfirmed')
  await idle.ping()
  on.clock.advance(maxSessionIdleSeconds)
  await t.rejects(idle.ping(), { code: 'session_closed' })
  for (const each of [session, idle, unused]) await each.close()
})
