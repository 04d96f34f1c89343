import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { createIdentity } from '../identity.js'
import { createResponder } from '../responder.js'
import { FakeClock, post, StepInitiator, type Opened, type StepSession } from './stage.js'

// Slow requests are under way while their sessions, and others beside them, are closed and expire, and while new sessions
// take the places that become free. An answer opens under the keys of the session that asked, or the test fails.

/** A task that answers with its plaintext when it is told to. */
class Gates {
  private readonly opened = new Map<string, () => void>()
  private readonly arrived = new Map<string, () => void>()

  readonly task = async (plaintext: Uint8Array): Promise<Uint8Array> => {
    const name = Buffer.from(plaintext).toString()
    const isOpen = new Promise<void>(resolve => this.opened.set(name, resolve))
    this.arrived.get(name)?.()
    await isOpen
    return plaintext
  }

  /** Sends a slow request. @returns once its task has been called; `answer` comes when the gate is opened */
  async start(session: StepSession, name: string): Promise<{ readonly answer: Promise<Opened> }> {
    const hasArrived = new Promise<void>(resolve => this.arrived.set(name, resolve))
    const answer = session.ask('slow', name)
    await hasArrived
    return { answer }
  }

  open(name: string): void {
    this.opened.get(name)!()
  }
}

type Fate = 'closed' | 'expired'

const SESSIONS = 8
const WAVES = 3
const IDLE_SECONDS = 100

const wave = async (fates: readonly Fate[], order: readonly number[]): Promise<void> => {
  const [clock, gates, identity] = [new FakeClock(), new Gates(), createIdentity()]
  const limits = { maxSessionIdleSeconds: IDLE_SECONDS, maxSessionsPerDid: 2 * SESSIONS }
  await using agent = await createResponder({ identity, clock, limits, tasks: { slow: gates.task } })
  const initiator = new StepInitiator(agent, identity.kemPublicKey, createIdentity(), clock)
  const gone: StepSession[] = []
  const underWay: { readonly name: string; readonly answer: Promise<Opened> }[] = []
  for (let number = 0; number < WAVES; number++) {
    const sessions = await Promise.all(fates.map(() => initiator.shakeHands()))
    for (const [place, session] of sessions.entries()) {
      const name = `${number}.${place}`
      // Every other session has nothing under way: its place is free as soon as it ends.
      if (place % 2 === 0) underWay.push({ name, ...(await gates.start(session, name)) })
      else assert.equal((await session.ask('sage/ping@v1', name)).plaintext, name)
    }
    const closed = sessions.filter((_session, place) => fates[place] === 'closed')
    for (const { json } of await Promise.all(closed.map(session => session.ask('sage/close@v1'))))
      assert.equal(json['success'], true)
    clock.advance(IDLE_SECONDS)
    gone.push(...sessions)
  }
  const latest = await Promise.all(fates.map(() => initiator.shakeHands()))
  for (const session of gone) {
    const { status, json } = await post(agent.url, session.seal('sage/ping@v1', 'x'))
    assert.deepEqual([status, json['error']], [401, 'session_unknown'])
  }
  for (const place of order) gates.open(underWay[place]!.name)
  for (const { name, answer } of underWay) assert.equal((await answer).plaintext, name)
  for (const session of latest) assert.equal((await session.ask('sage/ping@v1', 'still here')).plaintext, 'still here')
}

t.test('an answer is sealed for the session that asked, whoever has come and gone meanwhile', async t => {
  const slow = Array.from({ length: (WAVES * SESSIONS) / 2 }, (_, place) => place)
  const fates = fc.array(fc.constantFrom<Fate>('closed', 'expired'), { minLength: SESSIONS, maxLength: SESSIONS })
  const order = fc.shuffledSubarray(slow, { minLength: slow.length })
  await fc.assert(
    fc.asyncProperty(fates, order, (fates, order) => wave(fates, order)),
    { numRuns: 5 },
  )
  t.pass()
})
