import { connect as connectTo } from 'node:net'
import t from 'tap'
import { encodeUtf8 } from '../../bytes/utf8.js'
import type { Agent } from '../agent.js'
import { connect } from '../connect.js'
import { createIdentity } from '../identity.js'
import { serve } from '../serve.js'
import type { Session } from '../session.js'
import { post } from './stage.js'

// Whatever a caller waits for, it can stop waiting for.

const own = createIdentity()
const nothing = new Uint8Array()
const never = (): Promise<never> => new Promise(() => undefined)
const bytes = encodeUtf8('x')

/** A responder with a task that ends when it is told to, and a session with it. */
const stage = async (drainMs = 60_000) => {
  let release = (): void => undefined
  const released = new Promise<Uint8Array>(resolve => (release = () => resolve(bytes)))
  let enter = (): void => undefined
  const entered = new Promise<void>(resolve => (enter = resolve))
  const abandoned: boolean[] = []
  const slow = (_plaintext: Uint8Array, { signal }: { signal: AbortSignal }): Promise<Uint8Array> => {
    signal.addEventListener('abort', () => abandoned.push(true))
    enter()
    return released
  }
  const agent: Agent = await serve({ identity: createIdentity(), tasks: { slow }, drainMs })
  const session: Session = await connect(agent.url, { identity: own })
  return { agent, session, release, entered, abandoned }
}

t.test('ping: a signal and a time', async t => {
  const { agent, session } = await stage()
  await t.rejects(session.ping({ signal: AbortSignal.abort() }), { code: 'aborted' })
  await session.ping({ timeoutMs: 60_000, signal: new AbortController().signal })
  await session.close()
  await agent.close()
})

t.test('close: waits for what runs, unless the caller gives up or the time is over', async t => {
  for (const impatient of [{ signal: AbortSignal.abort() }, { timeoutMs: 10 }]) {
    const { agent, session, entered } = await stage()
    const running = session.send('slow', nothing)
    await entered
    const closing = session.close(impatient)
    await t.rejects(running, { code: 'outcome_unknown', cause: { code: 'connection_lost' } })
    await closing
    await t.rejects(session.send('slow', nothing), { code: 'session_closed' })
    await agent.close({ signal: AbortSignal.abort() })
  }
  const { agent, session, entered, release } = await stage()
  const running = session.send('slow', nothing)
  await entered
  const closing = session.close({ timeoutMs: 60_000 })
  release()
  t.same(await running, bytes)
  await closing
  await agent.close()
})

t.test('connect: a resolver that fails, or says nothing, does not hold the caller', async t => {
  const peer = { did: 'did:web:a.example', kemKey: createIdentity().kemPublicKey }
  const identity = createIdentity({ did: peer.did })
  const agent = await serve({ identity })
  const join = (options: object) => connect(agent.url, { identity: own, expectedDid: peer.did, ...options })
  const down = async (): Promise<never> => {
    throw new Error('the registry is down')
  }
  await t.rejects(join({ resolver: down }), { code: 'peer_rejected', cause: { message: 'the registry is down' } })
  await t.rejects(join({ resolver: never, timeoutMs: 50 }), { code: 'timeout' })
  const abort = new AbortController()
  const resolver = (): Promise<never> => (abort.abort(), never())
  await t.rejects(join({ resolver, signal: abort.signal }), { code: 'aborted' })
  await (await join({ resolver: async () => identity.signingPublicKey })).close()
  await agent.close()
})

t.test('an agent that closes lets what runs finish and turns away what is new', async t => {
  const { agent, session, entered, release } = await stage()
  const running = session.send('slow', nothing)
  await entered
  const closing = agent.close()
  t.match(await post(agent.url, '{}'), { status: 503, json: { error: 'unavailable' } })
  release()
  t.same(await running, bytes)
  await closing
  await t.rejects(post(agent.url, '{}'), { code: 'ECONNREFUSED' })
  await session.close()
})

t.test('an agent whose deployer cannot wait tells its tasks, and is gone', async t => {
  const { agent, session, entered, abandoned } = await stage()
  const running = session.send('slow', nothing)
  await entered
  const abort = new AbortController()
  const closing = agent.close({ signal: abort.signal })
  abort.abort()
  await t.rejects(running, { code: 'outcome_unknown' })
  await closing
  t.same(abandoned, [true])
  await session.close()
})

t.test('a sender that takes too long for its request is cut off, others are not', async t => {
  const agent = await serve({ identity: createIdentity(), requestTimeoutMs: 100 })
  const { port } = new URL(agent.url)
  const text = await new Promise<string>(resolve => {
    let received = ''
    const head =
      'POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{'
    const socket = connectTo(Number(port), '127.0.0.1', () => socket.write(head))
    socket.on('data', data => (received += data.toString())).on('close', () => resolve(received))
  })
  t.match(text, /^HTTP\/1\.1 408 /)
  const session = await connect(agent.url, { identity: own })
  await session.ping()
  await session.close()
  await agent.close()
})

t.test('both can be disposed of', async t => {
  const { agent, session } = await stage()
  await session[Symbol.asyncDispose]()
  await t.rejects(session.ping(), { code: 'session_closed' })
  await agent[Symbol.asyncDispose]()
  await t.rejects(post(agent.url, '{}'), { code: 'ECONNREFUSED' })
})
