import t from 'tap'
import { connect } from '../connect.js'
import { createIdentity } from '../identity.js'
import { serve } from '../serve.js'

/** However busy the machine is. */
const LONG_MS = 600_000

t.test('ten thousand requests at once on one connection, a third of them slow, are all answered', async t => {
  const COUNT = 10_000
  let release = (): void => undefined
  const released = new Promise<void>(resolve => (release = resolve))
  const tasks = {
    'test/slow@v1': async (plaintext: Uint8Array) => {
      await released
      return plaintext
    },
  }
  await using agent = await serve({ identity: createIdentity(), capabilities: { ws: true }, tasks })
  await using session = await connect(agent.url, { identity: createIdentity(), transports: ['ws'] })
  const fast: Promise<boolean>[] = []
  const slow: Promise<boolean>[] = []
  for (let i = 0; i < COUNT; i++) {
    const isSlow = i % 3 === 0
    const text = `request ${i}`
    const answered = session
      .send(isSlow ? 'test/slow@v1' : 'sage/echo@v1', Buffer.from(text), { timeoutMs: LONG_MS })
      .then(answer => Buffer.from(answer).toString() === text)
    ;(isSlow ? slow : fast).push(answered)
  }
  // Were one held up by another, this would never come to an end.
  const isRight = (await Promise.all(fast)).every(Boolean)
  release()
  t.ok(isRight && (await Promise.all(slow)).every(Boolean), 'each with its own answer')
  t.equal(fast.length + slow.length, COUNT)
})
