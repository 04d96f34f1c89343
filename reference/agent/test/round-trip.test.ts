import { inspect } from 'node:util'
import t from 'tap'
import { verifyCard, parseCard } from '../../identity/agent-card.js'
import { createIdentity } from '../identity.js'
import { connect } from '../connect.js'
import { serve } from '../serve.js'
import { TaskFailure } from '../tasks.js'
import type { AgentEvent } from '../agent-event.js'
import { FakeClock, post } from './stage.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const secret = 'the content of a request'
const log: AgentEvent[] = []
const agent = await serve({
  identity: createIdentity(),
  log: event => log.push(event),
  tasks: {
    'math/double@v1': plaintext => bytes(`${text(plaintext)}${text(plaintext)}`),
    'who/am-i': (_plaintext, { did, metadata }) => bytes(JSON.stringify({ did, metadata })),
    'fail/own-terms': plaintext => {
      throw new TaskFailure(plaintext)
    },
    'fail/arguments': plaintext => {
      throw new TaskFailure(plaintext, 'malformed')
    },
    'fail/bug': plaintext => {
      throw new Error(`broken by ${text(plaintext)}`)
    },
    'fail/no-bytes': () => 'text' as unknown as Uint8Array,
    'big/answer': () => new Uint8Array(8_388_608),
  },
})
const identity = createIdentity()
t.teardown(() => agent.close())

t.test('card, handshake, ping, echo and close over HTTP', async t => {
  const session = await connect(agent.url, { identity, expectedDid: agent.did })
  t.same(session.peer, { did: agent.did, authenticatedBy: 'expected-did' })
  await session.ping()
  t.equal(text(await session.send('sage/echo@v1', bytes('hello'))), 'hello')
  t.equal((await session.send('sage/echo@v1', new Uint8Array())).length, 0)
  t.equal(text(await session.send('math/double@v1', bytes('ab'))), 'abab')
  await session.close()
  await t.rejects(session.send('sage/echo@v1', bytes('late')), { code: 'session_closed' })
  await session.close()
})

t.test('a caller that names only a URL is shown that the URL is all there is', async t => {
  const session = await connect(agent.url, { identity })
  t.same(session.peer, { did: agent.did, authenticatedBy: 'url' })
  await session.close()
})

t.test('a session without a card', async t => {
  const peer = { did: agent.did, kemKey: Buffer.from(agent.card.keys.kem.x, 'base64url') }
  const session = await connect(agent.url, { identity, peer })
  t.equal(session.peer.authenticatedBy, 'expected-did')
  await session.ping()
  await session.close()
})

t.test('a task learns who asks, and what was said beside the plaintext', async t => {
  const session = await connect(agent.url, { identity })
  const answer = await session.send('who/am-i', new Uint8Array(), { metadata: { 'chunk-size': '7', b: '' } })
  t.same(JSON.parse(text(answer)), { did: identity.did, metadata: { 'chunk-size': '7', b: '' } })
  await t.rejects(session.send('who/am-i', new Uint8Array(), { metadata: { Upper: 'x' } }), { code: 'configuration' })
  await t.rejects(session.send('no task', new Uint8Array()), { code: 'configuration' })
  await session.close()
})

t.test('what goes wrong in a task is an authenticated error', async t => {
  const session = await connect(agent.url, { identity })
  const codeOf = async (task: string, plaintext: Uint8Array = bytes(secret)): Promise<unknown> => {
    const error = await session.send(task, plaintext).catch((error: unknown) => error)
    const { code, cause } = error as { code: string; cause: TaskFailure }
    return [code, text(cause.plaintext)]
  }
  t.same(await codeOf('fail/own-terms'), ['application_failed', secret])
  t.same(await codeOf('fail/arguments'), ['malformed', ''])
  t.same(await codeOf('fail/bug'), ['internal', ''])
  t.same(await codeOf('fail/no-bytes'), ['internal', ''])
  t.same(await codeOf('big/answer'), ['payload_too_large', ''])
  t.same(await codeOf('never/heard-of'), ['task_unsupported', ''])
  t.same(await codeOf('sage/ping@v1', new Uint8Array(4097)), ['payload_too_large', ''])
  t.equal((await session.send('sage/ping@v1', new Uint8Array(4096))).length, 4096)
  await session.close()
})

t.test('a message that the peer would refuse for its size is not sent', async t => {
  const session = await connect(agent.url, { identity })
  const most = 6_290_000
  t.equal((await session.send('sage/echo@v1', new Uint8Array(most))).length, most)
  const error = await session.send('sage/echo@v1', new Uint8Array(6_300_000)).catch((error: unknown) => error)
  t.match(error, { code: 'payload_too_large', cause: undefined })
  await session.close()
})

t.test('many requests at once get their own answers', async t => {
  const session = await connect(agent.url, { identity })
  const asked = Array.from({ length: 200 }, (_, i) => String(i))
  const answers = await Promise.all(asked.map(async i => text(await session.send('sage/echo@v1', bytes(i)))))
  t.same(answers, asked)
  await session.close()
})

t.test('neither content nor keys reach the log, nor a dump of an identity or a session', async t => {
  const written = JSON.stringify(log) + String(log.find(({ event }) => event === 'fault'))
  t.ok(log.some(({ event }) => event === 'fault'))
  t.notMatch(written, secret)
  const session = await connect(agent.url, { identity })
  for (const holder of [identity, session]) {
    const dump = inspect(holder, { depth: 9 }) + JSON.stringify(holder)
    t.match(dump, /did:key/)
    t.notMatch(dump, /signingKey|kemKey|c2sEnc|s2cEnc/)
  }
  await session.close()
})

t.test('without the capability there is no echo', async t => {
  await using silent = await serve({ identity: createIdentity(), capabilities: { echo: false } })
  t.same(silent.card.capabilities, [])
  t.same(agent.card.capabilities, ['echo'])
  const session = await connect(silent.url, { identity })
  await t.rejects(session.send('sage/echo@v1', bytes('x')), { code: 'task_unsupported' })
  await session.close()
})

t.test('the card is published, acceptable at all times, and renewed at half of its life', async t => {
  const clock = new FakeClock()
  await using agent = await serve({ identity: createIdentity(), clock, name: 'Ada', limits: { maxSessionRecords: 16 } })
  let latestIssuedAt: bigint | undefined
  const issued = new Set<bigint>()
  for (let day = 0; day < 20; day++) {
    const { status, headers, text } = await post(agent.url, '', { method: 'GET', path: '/.well-known/sage.json' })
    t.equal(status, 200)
    t.equal(headers['content-type'], 'application/json')
    const parsed = parseCard(bytes(text))
    t.same(parsed.card, agent.card)
    verifyCard(parsed, {
      now: clock.now(),
      resolvedKey: parsed.signingKey,
      expectedDid: agent.did,
      latestIssuedAt,
    })
    issued.add((latestIssuedAt = parsed.issuedAt))
    t.match(parsed.card, { name: 'Ada', endpoints: { http: agent.url }, limits: { maxSessionRecords: 16 } })
    clock.advance(86_400)
  }
  t.equal(issued.size, 5, 'a new one every three and a half days')
})

t.test('a public URL with a path is where messages are taken', async t => {
  const publicUrl = 'https://agents.example/ada/'
  await using agent = await serve({ identity: createIdentity(), publicUrl })
  t.equal(agent.url, 'https://agents.example/ada')
  t.equal(agent.card.endpoints.http, 'https://agents.example/ada')
})

t.test('what cannot be configured is refused at the start', async t => {
  const identity = createIdentity()
  const wrong = [
    { limits: { maxBatch: 0 } },
    { limits: { provisionalSeconds: 301 } },
    { name: 'a\u0007b' },
    { name: '' },
    { tasks: { 'sage/ping@v1': () => new Uint8Array() } },
    { tasks: { 'no task': () => new Uint8Array() } },
    { host: '0.0.0.0' },
    { host: '127.0.0.999', publicUrl: 'https://a.example' },
    { port: 65536 },
    { port: Number(new URL(agent.url).port) },
    { publicUrl: 'ftp://a.example' },
    { publicUrl: 'https://u:p@a.example' },
    { publicUrl: 'nowhere' },
    { requestTimeoutMs: 0 },
    { lookupTimeoutMs: Infinity },
    { drainMs: -1 },
    { caps: { sessions: NaN } },
    { caps: { nonces: 0.5 } },
  ]
  for (const options of wrong)
    await t.rejects(serve({ identity, ...options }), { code: 'configuration' }, JSON.stringify(options))
  t.throws(() => createIdentity({ signingKey: new Uint8Array(31) }), { code: 'configuration' })
  t.throws(() => createIdentity({ kemKey: new Uint8Array(33) }), { code: 'configuration' })
})
