import t from 'tap'
import type { AgentCard } from '../../../schemas/index.js'
import { isSageError, type SageErrorCode } from '../../bytes/sage-error.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import type { WireHook } from '../../http/wire.js'
import { signCard } from '../../identity/agent-card.js'
import type { AgentEvent } from '../agent-event.js'
import { connect, type ConnectOptions } from '../connect.js'
import { createConnections } from '../connections.js'
import { honestSeams } from '../honest-seams.js'
import { createIdentity } from '../identity.js'
import { createResponder } from '../responder.js'
import { Line } from './line.js'
import { FakeClock } from './stage.js'

// A session and the ways to its responder: which it takes, when it leaves one, and when it returns.

const identity = createIdentity()
const BYTES = Buffer.from('x')
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** A responder that notes what is delivered, behind a line for WebSocket and one for HTTP. */
const stage = async () => {
  const delivered: string[] = []
  const tasks = {
    'test/note@v1': (plaintext: Uint8Array) => {
      delivered.push(Buffer.from(plaintext).toString())
      return plaintext
    },
    'test/stuck@v1': () => {
      stuck++
      return new Promise<Uint8Array>(() => undefined)
    },
  }
  const streams = {
    'test/double@v1': async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) yield* [chunk, chunk]
    },
  }
  let stuck = 0
  let pings = 0
  const lines: Partial<AgentCard['endpoints']> = {}
  const wire: WireHook = (answer, { kind }) => {
    if (kind !== 'card') return answer
    const { signature: _, ...card } = JSON.parse(Buffer.from(answer.body).toString()) as AgentCard
    const changed = { ...card, endpoints: { ...card.endpoints, ...lines } }
    return { ...answer, body: encodeUtf8(JSON.stringify(signCard(identity.signingKey, changed).card)) }
  }
  const log = (event: AgentEvent): void => void (event.event === 'task' && event.task === 'sage/ping@v1' && pings++)
  const capabilities = { ws: true, batch: true }
  const agent = await createResponder(
    { identity, tasks, streams, capabilities, drainMs: 0, log },
    { ...honestSeams, wire },
  )
  const to = Number(new URL(agent.url).port)
  const [ws, http] = await Promise.all([new Line(to).open(), new Line(to).open()])
  Object.assign(lines, { ws: `ws://127.0.0.1:${ws.port}/ws`, http: `http://127.0.0.1:${http.port}` })
  const clock = new FakeClock()
  const connections = createConnections({ clock })
  const options: ConnectOptions = { identity: createIdentity(), expectedDid: identity.did, connections, clock }
  const open = (change: Partial<ConnectOptions> = {}) => connect(agent.url, { ...options, ...change })
  const close = async (): Promise<void> => {
    await connections.close()
    await Promise.all([ws.close(), http.close(), agent.close()])
  }
  return {
    ...{ agent, ws, http, clock, delivered, connections, open },
    pings: () => pings,
    stuck: () => stuck,
    [Symbol.asyncDispose]: close,
  }
}

const codeOf = async (promise: Promise<unknown>): Promise<SageErrorCode | undefined> => {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  return isSageError(error) ? error.code : undefined
}

t.test('a session goes on by the next way, and returns when the first is up again', async t => {
  await using on = await stage()
  await using session = await on.open()
  t.equal(session.transport, 'ws')
  await session.send('test/note@v1', Buffer.from('over ws'))
  await on.ws.close()
  // Whether a connection is gone is known for sure only once it has been tried.
  await codeOf(session.send('test/gone@v1', BYTES))
  for (const text of ['a', 'b', 'c']) await session.send('test/note@v1', Buffer.from(text))
  t.equal(session.transport, 'http')
  await on.ws.open()
  const { calls } = on.ws
  await session.send('test/note@v1', Buffer.from('d'))
  t.equal(on.ws.calls, calls, 'a way that is down is left alone for a while')
  on.clock.advance(1)
  const before = on.pings()
  await session.send('test/note@v1', Buffer.from('e'))
  t.equal(session.transport, 'http', 'nobody waits for a way to be proved who has another')
  while (on.pings() === before) await turn()
  for (let turns = 0; session.transport !== 'ws' && turns < 1000; turns++) await session.send('test/note@v1', BYTES)
  t.equal(session.transport, 'ws')
  t.equal(on.pings(), before + 1, 'one ping has proved it')
  t.same(on.delivered.slice(0, 6), ['over ws', 'a', 'b', 'c', 'd', 'e'])
})

t.test('what may have been delivered is not sent by another way; what is idempotent is', async t => {
  await using on = await stage()
  await using session = await on.open({ transports: ['http', 'ws'] })
  on.http.mode = 'loses-answers'
  t.equal(await codeOf(session.send('test/note@v1', Buffer.from('once'))), 'outcome_unknown')
  const answer = await session.send('test/note@v1', Buffer.from('twice'), { idempotent: true })
  t.equal(Buffer.from(answer).toString(), 'twice', 'the second loss in a row shows that the way is down')
  t.equal(session.transport, 'ws')
  t.same(on.delivered, ['once', 'twice', 'twice'])
})

t.test(
  'where the second attempt of what is idempotent cannot be sent, the outcome of the first is unknown yet',
  async t => {
    await using on = await stage()
    await using session = await on.open({ transports: ['ws'] })
    await session.ping()
    on.ws.mode = 'loses-answers'
    const sending = session.send('test/note@v1', BYTES, { idempotent: true })
    while (on.delivered.length === 0) await turn()
    await on.ws.close()
    t.equal(await codeOf(sending), 'outcome_unknown')
    t.equal(await codeOf(session.send('test/note@v1', BYTES)), 'unreachable')
    t.equal(on.delivered.length, 1)
  },
)

t.test('one that hangs up costs no more than two requests, and none while it is proved', async t => {
  await using on = await stage()
  await using session = await on.open({ transports: ['http'] })
  await session.ping()
  on.http.mode = 'loses-answers'
  on.http.cut()
  const codes = []
  for (let i = 0; i < 4; i++) codes.push(await codeOf(session.send('test/note@v1', Buffer.from(`${i}`))))
  t.same(codes.slice(-2), ['unreachable', 'unreachable'])
  const { length } = on.delivered
  t.ok(length <= 2)
  for (let i = 0; i < 8; i++) {
    on.clock.advance(31)
    t.equal(await codeOf(session.send('test/note@v1', BYTES)), 'unreachable', 'a ping was lost, and no request')
  }
  t.equal(on.delivered.length, length)
  on.http.mode = 'carries'
  on.clock.advance(31)
  t.same(await session.send('test/note@v1', BYTES), BYTES)
})

t.test('many who wait for one way are let through by one ping', async t => {
  await using on = await stage()
  await using session = await on.open({ transports: ['ws'] })
  await on.ws.close()
  while ((await codeOf(session.send('test/note@v1', BYTES))) !== 'unreachable') await turn()
  await on.ws.open()
  const { calls } = on.ws
  t.equal(await codeOf(session.send('test/note@v1', BYTES)), 'unreachable', 'it is too soon')
  t.equal(on.ws.calls, calls)
  on.clock.advance(1)
  const before = on.pings()
  await Promise.all(Array.from({ length: 20 }, () => session.send('test/note@v1', BYTES)))
  t.equal(on.pings(), before + 1)
  t.equal(on.ws.calls, calls + 1, 'over one connection')
})

t.test('who waits for a way to be proved waits no longer than for an answer', async t => {
  await using on = await stage()
  await using session = await on.open({ transports: ['http'] })
  await on.http.close()
  while ((await codeOf(session.send('test/note@v1', BYTES))) !== 'unreachable') await turn()
  on.http.mode = 'is-silent'
  await on.http.open()
  on.clock.advance(1)
  t.equal(await codeOf(session.send('test/note@v1', BYTES, { timeoutMs: 30 })), 'unreachable')
  t.same(on.delivered, [])
  await session.close({ timeoutMs: 1 })
})

t.test('a batch goes alone over a transport that has none', async t => {
  await using on = await stage()
  await using session = await on.open({ transports: ['http', 'ws'] })
  t.equal(session.transport, 'http')
  const requests = ['a', 'b', 'c'].map(text => ({ task: 'test/note@v1', plaintext: Buffer.from(text) }))
  t.ok((await session.sendBatch(requests)).every(({ ok }) => ok))
  await on.http.close()
  await codeOf(session.send('test/note@v1', Buffer.from('d')))
  on.delivered.length = 0
  const settled = await session.sendBatch(requests)
  t.ok(settled.every(({ ok }) => ok))
  t.equal(session.transport, 'ws')
  t.same(on.delivered.sort(), ['a', 'b', 'c'])
})

t.test('streams go by the way that is up', async t => {
  await using on = await stage()
  await using session = await on.open()
  const stream = async (): Promise<string[]> => {
    const chunks: string[] = []
    for await (const chunk of session.stream('test/double@v1', BYTES)) chunks.push(Buffer.from(chunk).toString())
    return chunks
  }
  t.same(await stream(), ['x', 'x'])
  await on.ws.close()
  t.match(await codeOf(stream()), /^(unreachable|outcome_unknown)$/, 'one that was lost is over')
  await session.send('test/note@v1', BYTES)
  t.same(await stream(), ['x', 'x'])
  t.equal(session.transport, 'http')
})

t.test('of several endpoints of a known responder the first that is up is used', async t => {
  await using on = await stage()
  const dead = await new Line(0).open()
  await dead.close()
  const endpoint = [dead, on.http, on.ws].map(({ port }) => `http://127.0.0.1:${port}`)
  const peer = { did: identity.did, kemKey: identity.kemPublicKey, endpoint }
  await using session = await on.open({ peer })
  await session.send('test/note@v1', BYTES)
  t.ok(on.http.calls > 0)
  t.equal(on.ws.calls, 0)
  await on.http.close()
  while ((await codeOf(session.send('test/note@v1', BYTES))) !== undefined) await turn()
  t.ok(on.ws.calls > 0)
  t.equal(await codeOf(on.open({ peer: { ...peer, endpoint: [] } })), 'configuration')
})

t.test('who connects takes a way that was down last, and one handshake proves it', async t => {
  await using on = await stage()
  await on.ws.close()
  await using first = await on.open()
  t.equal(first.transport, 'http')
  await on.http.close()
  t.equal(await codeOf(on.open()), 'unreachable')
  await on.http.open()
  const { calls } = on.http
  t.equal(await codeOf(on.open()), 'unreachable', 'nobody calls while all are down')
  t.equal(on.http.calls, calls)
  on.clock.advance(2)
  const sessions = await Promise.all(Array.from({ length: 8 }, () => on.open({ transports: ['http'] })))
  await Promise.all(sessions.map(session => session.send('test/note@v1', BYTES)))
  t.equal(on.delivered.length, 8)
  await Promise.all(sessions.map(session => session.close()))
})

t.test('connections that were closed carry nothing any more, for any of the sessions', async t => {
  await using on = await stage()
  for (const transport of ['ws', 'http'] as const) {
    const connections = createConnections()
    const [a, b] = await Promise.all([0, 1].map(() => on.open({ connections, transports: [transport] })))
    const waiting = a!.send('test/stuck@v1', BYTES)
    await b!.ping()
    while (on.stuck() === 0) await turn()
    const unknown = codeOf(waiting)
    await connections.close()
    t.equal(await unknown, 'outcome_unknown')
    t.equal(await codeOf(b!.send('test/note@v1', BYTES)), 'unreachable')
    await Promise.all([a!.close(), b!.close()])
  }
  t.same(on.delivered, [])
})

t.test('a session that ends leaves the connections to the others', async t => {
  await using on = await stage()
  for (const transport of ['ws', 'http'] as const) {
    const [a, b] = [await on.open({ transports: [transport] }), await on.open({ transports: [transport] })]
    const waiting = codeOf(a.send('test/stuck@v1', BYTES))
    const stuck = on.stuck()
    while (on.stuck() === stuck) await turn()
    await a.close({ timeoutMs: 1 })
    t.equal(await waiting, 'outcome_unknown')
    t.same(await b.send('test/note@v1', BYTES), BYTES)
    await b.close()
    await using third = await on.open({ transports: [transport] })
    await third.ping()
  }
  t.equal(on.ws.calls, 1, 'all went over one')
})

t.test('numbers that cannot be right are said at once', t => {
  for (const wrong of [{ ws: { connections: 0 } }, { http: { keepAliveMs: -1 } }, { backOff: { firstMs: 0.5 } }])
    t.throws(() => createConnections(wrong), { code: 'configuration' })
  t.end()
})
