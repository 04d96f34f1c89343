import t from 'tap'
import { parseStateKeys, type StateKeys } from '../../crypto/state-keys.js'
import type { ServeOptions } from '../agent.js'
import { createIdentity } from '../identity.js'
import { createResponder } from '../responder.js'
import type { SharedRules, SharedState } from '../shared-state.js'
import type { WriteKeys } from '../../session/session-slab.js'
import { createState } from '../create-state.js'
import { honestSeams } from '../honest-seams.js'
import { MemoryState } from './memory-state.js'
import { FakeClock, post, StepInitiator } from './stage.js'
import { StreamLine } from './stream-stage.js'

// Two responders that share what several processes would. What they share is in memory here; that a server comes to the same
// is for the tests of that server.

const key = (id: string, byte: number): string => `${id} ${Buffer.alloc(32, byte).toString('base64url')}\n`
const keys = parseStateKeys(key('first', 1))

/** What is shared, until it cannot be asked any more. */
interface Switch {
  how: 'works' | 'fails' | 'hangs'
}

const unreliable = (state: SharedState, link: Switch): SharedState =>
  new Proxy(state, {
    get: (target, name) => {
      const step = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>
      return (...args: unknown[]): Promise<unknown> => {
        if (link.how === 'hangs') return new Promise(() => undefined)
        return link.how === 'fails' ? Promise.reject(new Error('ECONNRESET')) : step.apply(target, args)
      }
    },
  })

/** Two responders of one identity, and an initiator of each that is the same agent. */
const pair = async (options: Partial<ServeOptions> = {}, ringOf: (place: number) => StateKeys = () => keys) => {
  const identity = createIdentity()
  const clock = new FakeClock()
  const link: Switch = { how: 'works' }
  let shared: MemoryState | undefined
  const start = (place: number) =>
    createResponder({
      drainMs: 100,
      clock,
      ...options,
      identity,
      capabilities: { ws: true, stream: true, health: true },
      shared: {
        state: rules => unreliable((shared ??= new MemoryState(rules, () => clock.monotonic())), link),
        keys: ringOf(place),
        timeoutMs: 50,
      },
    })
  const agents = [await start(0), await start(1)] as const
  const own = createIdentity()
  const initiators = agents.map(agent => new StepInitiator(agent, identity.kemPublicKey, own, clock))
  const [first, second] = initiators as [StepInitiator, StepInitiator]
  return {
    first,
    second,
    agents,
    link,
    clock,
    kept: () => shared?.kept ?? '',
    /** Sends a message of a session to the responder of another initiator. */
    to: (initiator: StepInitiator, session: Awaited<ReturnType<StepInitiator['shakeHands']>>) => {
      const { kid, contextId, keys } = session
      return Object.assign(Object.create(session) as typeof session, { initiator, kid, contextId, keys })
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(agents.map(agent => agent.close()))
    },
  }
}

t.test('a session that was made with one is the same with the other', async t => {
  await using on = await pair()
  const here = await on.first.shakeHands()
  const there = on.to(on.second, here)
  for (let seq = 0n; seq < 6n; seq++) {
    const session = seq % 2n === 0n ? here : there
    const answer = await session.send(session.seal('sage/echo@v1', `number ${seq}`, {}, seq))
    t.match(answer, { status: 200, plaintext: `number ${seq}`, seq }, 'the numbers of both are one row')
  }
})

t.test('what one has accepted the other refuses', async t => {
  await using on = await pair()
  const { message } = on.first.offer()
  t.equal((await post(on.agents[0].url, message)).status, 200)
  t.match(await post(on.agents[1].url, message), { status: 401, json: { error: 'authentication_failed' } })
  const here = await on.first.shakeHands()
  const there = on.to(on.second, here)
  const record = here.seal('sage/ping@v1', 'once')
  t.equal((await here.send(record)).plaintext, 'once')
  t.match(await there.send(record), { status: 401, json: { error: 'authentication_failed' } })
})

t.test('of copies that come to both at once one is accepted, of a handshake and of a record', async t => {
  await using on = await pair()
  const urls = Array.from({ length: 12 }, (_, place) => on.agents[place % 2]!.url)
  const statuses = async (message: object) =>
    (await Promise.all(urls.map(url => post(url, message)))).map(({ status }) => status).sort()
  const once = [200, ...Array.from({ length: 11 }, () => 401)]
  t.same(await statuses(on.first.offer().message), once)
  const session = await on.first.shakeHands()
  t.same(await statuses(session.seal('sage/echo@v1', 'one of many')), once)
})

t.test('what is refused leaves a session as it was, with both', async t => {
  await using on = await pair()
  const here = await on.first.shakeHands()
  const there = on.to(on.second, here)
  const sealed = there.seal('sage/ping@v1', 'x', {}, 5n)
  t.match(await there.send({ ...sealed, task_id: 'sage/echo@v1' }), { status: 401 })
  on.clock.advance(60)
  t.match(await here.ask('sage/ping@v1'), { status: 401, json: { error: 'session_unknown' } }, 'it was not confirmed')
})

t.test('a session that is closed with one is unknown to the other, as soon as that is answered', async t => {
  await using on = await pair()
  const here = await on.first.shakeHands()
  const there = on.to(on.second, here)
  t.match(await there.send(there.seal('sage/close@v1', '', {}, 0n)), { status: 200, seq: 0n })
  t.match(await here.send(here.seal('sage/ping@v1', '', {}, 1n)), { status: 401, json: { error: 'session_unknown' } })
})

t.test('a request under way is answered though its session has ended elsewhere meanwhile', async t => {
  let go = (_: Uint8Array): void => undefined
  const begun: (() => void)[] = []
  const slow = () => {
    begun.forEach(each => each())
    return new Promise<Uint8Array>(resolve => (go = resolve))
  }
  await using on = await pair({ tasks: { 'test/slow@v1': slow } })
  const here = await on.first.shakeHands()
  const isBegun = new Promise<void>(resolve => begun.push(resolve))
  const answering = here.send(here.seal('test/slow@v1', '', {}, 0n))
  await isBegun
  const there = on.to(on.second, here)
  t.match(await there.send(there.seal('sage/close@v1', '', {}, 1n)), { status: 200, seq: 0n })
  go(Buffer.from('late'))
  t.match(await answering, { status: 200, plaintext: 'late', seq: 1n })
})

t.test('a stream ends when its session is closed elsewhere', async t => {
  await using on = await pair()
  const here = await on.first.shakeHands()
  const line = await StreamLine.open(on.agents[0].url, here)
  line.say({ id: 's', seq: 0, end: false }, 'a')
  t.equal(await line.hears(), '0 "a"')
  const there = on.to(on.second, here)
  t.equal((await there.send(there.seal('sage/close@v1', '', {}, 9n))).status, 200)
  t.equal(await line.hears(), '1 cancelled end')
  await line.close()
})

t.test('the chunks of a stream stay in their order', async t => {
  await using on = await pair()
  const here = await on.first.shakeHands()
  const line = await StreamLine.open(on.agents[0].url, here)
  for (let seq = 0; seq < 20; seq++) line.say({ id: 's', seq, end: seq === 19 }, `${seq}`)
  for (let seq = 0; seq < 20; seq++) t.equal(await line.hears(), `${seq} "${seq}"${seq === 19 ? ' end' : ''}`)
  await line.close()
})

t.test('caps are those of both together', async t => {
  await using on = await pair({ limits: { maxSessionsPerDid: 2 }, caps: { sessions: 3 } })
  await on.first.shakeHands()
  await on.second.shakeHands()
  const { message } = on.second.offer()
  t.match(await post(on.agents[1].url, message), { status: 503, json: { error: 'unavailable' } })
  const stranger = new StepInitiator(on.agents[0], on.first.kemKey, createIdentity(), on.clock)
  await stranger.shakeHands()
  const other = new StepInitiator(on.agents[1], on.first.kemKey, createIdentity(), on.clock)
  await t.rejects(other.shakeHands(), /unavailable/)
})

t.test('what is shared says nothing of keys, DIDs and contexts', async t => {
  await using on = await pair()
  const session = await on.first.shakeHands()
  await session.ask('sage/ping@v1')
  const kept = on.kept()
  t.match(kept, session.kid)
  const texts = [on.first.identity.did, on.first.agent.did, session.contextId]
  const secrets = Object.values(session.keys).flatMap(secret =>
    (['hex', 'base64', 'base64url'] as const).map(encoding => Buffer.from(secret).toString(encoding)),
  )
  const [, sealed = ''] = /"sealed":"([\w-]+)"/.exec(kept) ?? []
  const bytes = Buffer.from(sealed, 'base64url')
  for (const text of [...texts, ...secrets]) t.notOk(kept.includes(text) || bytes.includes(text))
  for (const secret of Object.values(session.keys)) t.notOk(bytes.includes(Buffer.from(secret)))
})

t.test('a key that sealed before opens as long as it is there', async t => {
  const both = parseStateKeys(key('second', 2) + key('first', 1))
  const ask = async (ring: StateKeys) => {
    await using on = await pair({}, place => (place === 0 ? keys : ring))
    const session = on.to(on.second, await on.first.shakeHands())
    return (await session.ask('sage/ping@v1')).status
  }
  t.equal(await ask(both), 200)
  t.equal(await ask(parseStateKeys(key('second', 2))), 503)
  t.equal(await ask(parseStateKeys(key('first', 3))), 503, 'another key of the same name')
})

t.test('the keys of a session are here as long as a request is under way', async t => {
  const clock = new FakeClock()
  const identity = createIdentity()
  const state = (rules: SharedRules) => new MemoryState(rules, () => clock.monotonic())
  const { sessions } = createState({ identity, clock, shared: { state, keys } }, honestSeams)
  const writeKeys: WriteKeys = (into, at) => void into.fill(7, at, at + 64)
  await sessions.add({ kid: 'kid', initDid: 'did:x:ada', contextId: 'context' }, writeKeys)
  const record = new Uint8Array(36)
  const find = async () => (await sessions.find('kid', record))!
  const [one, other] = [await find(), await find()]
  t.match(one, { initDid: 'did:x:ada', contextId: 'context', highest: -1n, ended: false })
  t.throws(
    () => one.open(new Uint8Array(), record),
    { code: 'authentication_failed' },
    'there is a key, and it is another',
  )
  one.begin()
  one.release()
  t.equal(one.ended, false)
  one.finish()
  t.throws(() => one.open(new Uint8Array(), record), { code: 'session_closed' })
  t.equal(one.contextId, '')
  other.begin()
  other.end()
  t.equal(other.ended, true)
  await other.told
  t.equal(await sessions.find('kid', record), undefined)
  t.ok(other.seal(new Uint8Array(), new Uint8Array(), await other.drawSeq()), 'what is under way may be answered')
  t.throws(() => other.seal(new Uint8Array(), new Uint8Array()), { code: 'internal' }, 'under no number of its own')
  other.finish()
  other.release()
  t.equal(other.contextId, '')
  await t.rejects(sessions.add({ kid: 'kid', initDid: 'did:x:bob', contextId: 'c' }, writeKeys) as Promise<void>, {
    code: 'internal',
  })
})

const health = async (url: string, probe = 'ready') =>
  (await post(url, '', { method: 'GET', path: `/health?probe=${probe}` })).status

/** Asks until it is so; each time takes a message of its own. */
const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo()));
}

for (const how of ['fails', 'hangs'] as const)
  t.test(`nothing is accepted while what is shared ${how}, and all goes on after that`, async t => {
    await using on = await pair()
    const { url } = on.agents[0]
    const session = await on.first.shakeHands()
    t.equal((await session.ask('sage/ping@v1')).status, 200)
    t.equal(await health(url), 200)
    on.link.how = how
    const { message } = on.first.offer()
    const record = session.seal('sage/ping@v1', 'again')
    for (const refused of [message, record]) {
      const answer = await post(url, refused)
      t.match(answer, { status: 503, json: { error: 'unavailable' } })
      t.ok(answer.headers['retry-after'])
    }
    await until(async () => (await health(url)) === 503)
    t.equal(await health(url, 'live'), 200)
    on.link.how = 'works'
    t.equal((await session.send(record)).plaintext, 'again', 'what was refused was not used up')
    await until(async () => (await health(url)) === 200)
    await on.first.shakeHands()
  })

t.test('a session that is lost while a task runs has no answer to seal', async t => {
  const link: { current?: Switch } = {}
  const tasks = {
    'test/lose@v1': () => {
      link.current!.how = 'fails'
      return new Uint8Array()
    },
  }
  await using on = await pair({ tasks })
  link.current = on.link
  const session = await on.first.shakeHands()
  t.match(await session.ask('test/lose@v1'), { status: 503, json: { error: 'unavailable' } })
})
