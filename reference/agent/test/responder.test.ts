import t from 'tap'
import type { SessionMessage } from '../../../schemas/index.js'
import { encodeBase64, parseBase64 } from '../../bytes/base64.js'
import { encodeTime, SECOND } from '../../bytes/time.js'
import type { ServeOptions } from '../agent.js'
import type { AgentEvent } from '../agent-event.js'
import { createIdentity, type Identity } from '../identity.js'
import { serve } from '../serve.js'
import { FakeClock, post, StepInitiator, type Answer } from './stage.js'

const stage = async (options: Partial<ServeOptions> = {}) => {
  const clock = new FakeClock()
  const identity = createIdentity()
  const agent = await serve({ identity, clock, ...options })
  const initiator = (own?: Identity): StepInitiator => new StepInitiator(agent, identity.kemPublicKey, own, clock)
  return { agent, clock, identity, initiator, [Symbol.asyncDispose]: () => agent.close() }
}

const refusal = ({ status, json }: Answer): unknown => [status, json['error'], json['message_id']]
const damaged = (message: SessionMessage): SessionMessage => {
  const record = Uint8Array.from(parseBase64(message.payload))
  record[record.length - 1]! ^= 1
  return { ...message, payload: encodeBase64(record) }
}

t.test('handshakes: each rule has its error, and none leaves a session or a nonce behind', async t => {
  await using on = await stage()
  const initiator = on.initiator()
  const { message } = initiator.offer()
  const id = message.id
  const stranger = createIdentity()
  const later = (seconds: number): string =>
    encodeTime(on.clock.now() + BigInt(Math.round(seconds * 1000)) * 1_000_000n)
  const failed = [401, 'authentication_failed']
  const notJson = Buffer.from('{').toString('base64')
  const cases: [name: string, message: object, expected: unknown[]][] = [
    ['task', { ...message, task_id: 'sage/ping@v1' }, [404, 'task_unsupported']],
    ['task before payload', { ...message, task_id: 'other/task', payload: notJson }, [404, 'task_unsupported']],
    ['payload', { ...message, payload: notJson }, [400, 'malformed']],
    ['payload not base64', { ...message, payload: `${message.payload}\n` }, [400, 'malformed']],
    ['unknown member', { ...message, extra: 1 }, [400, 'malformed']],
    ['null member', { ...message, role: null }, [400, 'malformed']],
    ['did of another', { ...message, did: stranger.did }, failed],
    ['did that does not resolve', { ...message, did: 'did:web:example.com' }, failed],
    ['signature', { ...message, signature: encodeBase64(new Uint8Array(64)) }, failed],
    ['context', { ...message, context_id: 'another' }, failed],
  ]
  for (const [name, wrong, expected] of cases) t.same(refusal(await post(on.agent.url, wrong)), [...expected, id], name)
  const offers: [name: string, change: Parameters<StepInitiator['offer']>[0]][] = [
    ['respDid', { respDid: stranger.did }],
    ['initDid', { initDid: stranger.did }],
    ['120.000000001 s old', { ts: encodeTime(on.clock.now() - 120n * SECOND - 1n) }],
    ['121 s ahead', { ts: later(121) }],
  ]
  for (const [name, change] of offers) {
    const { message } = initiator.offer(change)
    t.same(
      refusal(await post(on.agent.url, { ...message, did: initiator.identity.did })),
      [...failed, message.id],
      name,
    )
  }
  t.same((await post(on.agent.url, message)).status, 200, 'the nonce of a refused handshake is still good')
  t.same(refusal(await post(on.agent.url, message)), [...failed, id], 'and good once')
  for (const ts of [later(-120), later(120)]) await initiator.shakeHands({ ts })
})

t.test('handshakes: one text for every failure of authentication', async t => {
  await using on = await stage({ admit: did => !did.endsWith('x') })
  const initiator = on.initiator()
  const { message } = initiator.offer({ id: 'same-id' })
  const wrong = [
    { ...message, did: 'did:web:example.com' },
    { ...message, did: 'did:key:zx' },
    { ...message, signature: encodeBase64(new Uint8Array(64).fill(1)) },
    initiator.offer({ id: 'same-id', ts: '2001-01-01T00:00:00Z' }).message,
  ]
  const answers = await Promise.all(wrong.map(message => post(on.agent.url, message)))
  t.equal(new Set(answers.map(({ text }) => text)).size, 1)
  for (const { headers } of answers) {
    t.equal(headers['www-authenticate'], 'SAGE')
    t.equal(headers['cache-control'], 'no-store')
  }
})

t.test('handshakes: of the same one many times at once, one is accepted', async t => {
  await using on = await stage()
  const { message } = on.initiator().offer()
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(on.agent.url, message)))
  t.equal(answers.filter(({ status }) => status === 200).length, 1)
})

t.test('handshakes: the nonce of one initiator is free for another, and for the same after 600 seconds', async t => {
  await using on = await stage()
  const initiator = on.initiator()
  await initiator.shakeHands({ nonce: 'n' })
  await on.initiator().shakeHands({ nonce: 'n' })
  on.clock.advance(600)
  await t.rejects(initiator.shakeHands({ nonce: 'n' }))
  on.clock.advance(0.001)
  await initiator.shakeHands({ nonce: 'n' })
})

t.test(
  'handshakes: an initiator that is not admitted is refused, and a resolver that fails resolves nothing',
  async t => {
    const friend = createIdentity()
    await using on = await stage({
      admit: async did => did === friend.did,
      resolver: async () => {
        throw new Error('the registry is down')
      },
    })
    await on.initiator(friend).shakeHands()
    await t.rejects(on.initiator().shakeHands())
    const { message } = on.initiator(friend).offer()
    const answer = await post(on.agent.url, { ...message, did: 'did:web:a' })
    t.same(refusal(answer), [401, 'authentication_failed', message.id])
  },
)

t.test('handshakes: a resolver or a gatekeeper that says nothing in time has said no', async t => {
  const never = (): Promise<never> => new Promise(() => undefined)
  let told: AbortSignal | undefined
  const events: AgentEvent[] = []
  for (const silent of [
    { resolver: (_did: string, signal?: AbortSignal) => ((told = signal), never()) },
    { admit: never },
  ]) {
    await using on = await stage({ ...silent, lookupTimeoutMs: 20, log: event => events.push(event) })
    const { message } = on.initiator().offer()
    const did = 'resolver' in silent ? 'did:web:a' : message.did
    t.same(refusal(await post(on.agent.url, { ...message, did })), [401, 'authentication_failed', message.id])
  }
  t.equal(told?.aborted, true)
  t.match(events[0], { event: 'fault', error: 'SageError timeout' })
})

t.test('handshakes: a DID of another method resolves through the resolver', async t => {
  const identity = createIdentity({ did: 'did:example:ada' })
  await using on = await stage({
    resolver: async did => (did === identity.did ? identity.signingPublicKey : undefined),
  })
  const session = await on.initiator(identity).shakeHands()
  t.equal((await session.ask('sage/ping@v1', 'x')).plaintext, 'x')
})

t.test('caps: unavailable with Retry-After, live sessions stay, the nonce is not used up', async t => {
  await using on = await stage({ limits: { maxSessionsPerDid: 2 }, caps: { sessions: 3, provisionalSessions: 2 } })
  const initiator = on.initiator()
  const [first, second] = [await initiator.shakeHands(), await initiator.shakeHands()]
  const { message } = initiator.offer()
  const full = await post(on.agent.url, message)
  t.same(refusal(full), [503, 'unavailable', message.id])
  t.match(full.headers['retry-after'], /^[1-9]\d*$/)
  await t.rejects(on.initiator().shakeHands(), 'two provisional sessions are all there may be')
  for (const session of [first, second]) t.equal((await session.ask('sage/ping@v1', 'x')).plaintext, 'x')
  await t.rejects(initiator.shakeHands(), 'two sessions are all that one DID may have')
  await on.initiator().shakeHands()
  await t.rejects(on.initiator().shakeHands(), 'three sessions are all there may be')
  await first.ask('sage/close@v1')
  t.equal((await post(on.agent.url, message)).status, 200, 'room again, for the very same message')
})

t.test('caps: a full replay store is unavailable and forgets nothing', async t => {
  await using on = await stage({ caps: { nonces: 1 } })
  const initiator = on.initiator()
  const { message } = initiator.offer()
  t.equal((await post(on.agent.url, message)).status, 200)
  t.equal((await post(on.agent.url, initiator.offer().message)).status, 503)
  t.equal((await post(on.agent.url, message)).status, 401)
})

t.test('records: any order, any gap, each once, 1024 back', async t => {
  await using on = await stage({ limits: { maxSessionRecords: 5000 } })
  const session = await on.initiator().shakeHands()
  const at = (seq: bigint): SessionMessage => session.seal('sage/ping@v1', 'x', {}, seq)
  const failed = [401, 'authentication_failed']
  for (const seq of [5n, 0n, 2000n, 977n, 4999n, 3976n]) t.equal((await session.send(at(seq))).plaintext, 'x', `${seq}`)
  for (const seq of [4999n, 3976n, 3975n, 1n, 5000n, 1n << 53n, (1n << 64n) - 1n]) {
    const message = at(seq)
    t.same(refusal(await post(on.agent.url, message)), [...failed, message.id], `${seq}`)
  }
  t.equal((await session.send(at(4998n))).plaintext, 'x')
})

t.test('records: one many times at once is accepted once', async t => {
  let executed = 0
  await using on = await stage({ tasks: { count: async plaintext => (executed++, plaintext) } })
  const session = await on.initiator().shakeHands()
  const message = session.seal('count', 'x')
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(on.agent.url, message)))
  t.equal(answers.filter(({ status }) => status === 200).length, 1)
  t.equal(executed, 1)
})

t.test('records: what is refused leaves no trace, and the undamaged one is accepted', async t => {
  await using on = await stage()
  const session = await on.initiator().shakeHands()
  const other = await on.initiator().shakeHands()
  const message = session.seal('sage/ping@v1', 'x', { metadata: { a: 'b' } })
  const failed = [401, 'authentication_failed', message.id]
  const wrong: [name: string, message: object, expected: unknown[]][] = [
    ['kid unknown', { ...message, kid: 'kid-none' }, [401, 'session_unknown', message.id]],
    ['kid of another session', { ...message, kid: other.kid }, failed],
    ['did', { ...message, did: createIdentity().did }, failed],
    ['context', { ...message, context_id: 'another' }, failed],
    ['task', { ...message, task_id: 'sage/close@v1' }, failed],
    ['encoding', { ...message, encoding: 'gzip' }, failed],
    ['stream', { ...message, stream: { id: 's', seq: 0, end: true } }, failed],
    ['metadata', { ...message, metadata: { a: 'c' } }, failed],
    ['no metadata', { ...message, metadata: undefined }, failed],
    ['id', { ...message, id: 'another' }, [401, 'authentication_failed', 'another']],
    ['tag', damaged(message), failed],
    ['35 bytes', { ...message, payload: encodeBase64(new Uint8Array(35)) }, failed],
    ['no bytes', { ...message, payload: '' }, failed],
    ['not base64', { ...message, payload: message.payload.slice(0, -1) }, [400, 'malformed', message.id]],
    [
      'sealed for another DID',
      session.seal('sage/ping@v1', '', { did: other.initiator.identity.did, id: message.id }),
      failed,
    ],
    ['sealed for another context', session.seal('sage/ping@v1', '', { context_id: 'c', id: message.id }), failed],
  ]
  for (const [name, wrongly, expected] of wrong) t.same(refusal(await post(on.agent.url, wrongly)), expected, name)
  t.equal((await session.send(message)).plaintext, 'x')
  t.equal((await other.ask('sage/ping@v1', 'y')).plaintext, 'y')
})

t.test('records: responses are numbered from 0, and answered in the order of the requests', async t => {
  await using on = await stage()
  const session = await on.initiator().shakeHands()
  for (const seq of [0n, 1n, 2n]) t.equal((await session.ask('sage/ping@v1', 'x')).seq, seq)
})

t.test('after the record has opened, errors are authenticated', async t => {
  await using on = await stage()
  const session = await on.initiator().shakeHands()
  const cases: [SessionMessage, string][] = [
    [session.seal('never/heard-of', '', { encoding: 'gzip' }), 'task_unsupported'],
    [session.seal('hpke/complete@v1'), 'task_unsupported'],
    [
      session.seal('sage/ping@v1', '', { encoding: 'gzip', stream: { id: 's', seq: 0, end: true } }),
      'encoding_unsupported',
    ],
    [session.seal('sage/ping@v1', '', { stream: { id: 's', seq: 0, end: true } }), 'stream_violation'],
    [session.seal('sage/ping@v1', new Uint8Array(4097)), 'payload_too_large'],
  ]
  for (const [message, error] of cases) {
    const answer = await session.send(message)
    t.match(answer, { status: 200, plaintext: '', json: { success: false, error, message_id: message.id } })
    t.equal(answer.headers['retry-after'], undefined)
  }
})

t.test('a session that is closed is unknown, to its own initiator too', async t => {
  await using on = await stage()
  const session = await on.initiator().shakeHands()
  const early = session.seal('sage/ping@v1', 'x')
  const close = session.seal('sage/close@v1', 'anything')
  t.match(await session.send(close), { plaintext: '', json: { success: true } })
  for (const message of [early, close, session.seal('sage/ping@v1')])
    t.same(refusal(await post(on.agent.url, message)), [401, 'session_unknown', message.id])
})

t.test('a close that is refused ends nothing', async t => {
  await using on = await stage()
  const session = await on.initiator().shakeHands()
  for (const refused of [{ encoding: 'gzip' }, { stream: { id: 's', seq: 0, end: true } }])
    t.equal((await session.send(session.seal('sage/close@v1', '', refused))).json['success'], false)
  t.equal((await session.ask('sage/ping@v1', 'x')).plaintext, 'x')
})

t.test('a request that was opened before the session closed is still answered', async t => {
  let release = (): void => undefined
  const released = new Promise<void>(resolve => (release = resolve))
  await using on = await stage({ tasks: { slow: async plaintext => released.then(() => plaintext) } })
  const session = await on.initiator().shakeHands()
  const slow = session.ask('slow', 'x')
  while ((await session.ask('sage/ping@v1', 'y')).plaintext !== 'y');
  await session.ask('sage/close@v1')
  release()
  t.equal((await slow).plaintext, 'x')
})

t.test('a session ends by age', async t => {
  await using on = await stage({ limits: { maxSessionAgeSeconds: 100, maxSessionIdleSeconds: 90 } })
  const session = await on.initiator().shakeHands()
  for (const seconds of [50, 49.999]) {
    on.clock.advance(seconds)
    t.equal((await session.ask('sage/ping@v1', 'x')).plaintext, 'x')
  }
  on.clock.advance(0.001)
  const message = session.seal('sage/ping@v1')
  t.same(refusal(await post(on.agent.url, message)), [401, 'session_unknown', message.id])
})

t.test('a session ends by idle time, and what is refused is not use', async t => {
  await using on = await stage({ limits: { maxSessionIdleSeconds: 100, provisionalSeconds: 300 } })
  const session = await on.initiator().shakeHands()
  const idle = await on.initiator().shakeHands()
  on.clock.advance(99.999)
  t.equal((await session.ask('sage/ping@v1', 'x')).plaintext, 'x')
  t.equal((await post(on.agent.url, damaged(idle.seal('sage/ping@v1')))).status, 401)
  on.clock.advance(0.001)
  t.equal((await idle.ask('sage/ping@v1')).json['error'], 'session_unknown')
  on.clock.advance(99.998)
  t.equal((await session.ask('sage/ping@v1', 'x')).plaintext, 'x')
})

t.test('a session that nobody ever used is idle since it was made', async t => {
  await using on = await stage({ limits: { maxSessionIdleSeconds: 100, provisionalSeconds: 300 } })
  const [early, late] = [await on.initiator().shakeHands(), await on.initiator().shakeHands()]
  on.clock.advance(99.999)
  t.equal((await early.ask('sage/ping@v1', 'x')).plaintext, 'x')
  on.clock.advance(0.001)
  t.equal((await late.ask('sage/ping@v1', 'x')).json['error'], 'session_unknown')
})

t.test('authentication failures are the same bytes, once the id is left out', async t => {
  await using on = await stage()
  const session = await on.initiator().shakeHands()
  const initiator = on.initiator()
  const { message } = initiator.offer()
  const wrong: { id: string }[] = [
    { ...message, signature: encodeBase64(new Uint8Array(64)) },
    { ...message, did: createIdentity().did },
    initiator.offer({ ts: '2001-01-01T00:00:00Z' }).message,
    damaged(session.seal('sage/ping@v1')),
    session.seal('sage/ping@v1', '', { context_id: 'another' }),
    { ...session.seal('sage/ping@v1'), payload: '' },
  ]
  const said = await Promise.all(
    wrong.map(async message => (await post(on.agent.url, message)).text.replace(message.id, '')),
  )
  t.match(said[0], /"error":"authentication_failed","message_id":""/)
  t.same([...new Set(said)], [said[0]])
})

t.test('a session that no record confirms is dropped, and a damaged record confirms nothing', async t => {
  await using on = await stage({ limits: { provisionalSeconds: 10 } })
  const [silent, damage, confirmed] = [
    await on.initiator().shakeHands(),
    await on.initiator().shakeHands(),
    await on.initiator().shakeHands(),
  ]
  on.clock.advance(9.999)
  t.equal((await post(on.agent.url, damaged(damage.seal('sage/ping@v1')))).status, 401)
  t.equal((await confirmed.send(confirmed.seal('sage/ping@v1', 'x', {}, 5n))).plaintext, 'x', 'by any record')
  on.clock.advance(0.001)
  for (const session of [silent, damage]) t.equal((await session.ask('sage/ping@v1')).json['error'], 'session_unknown')
  t.equal((await confirmed.ask('sage/ping@v1', 'x')).plaintext, 'x')
})

t.test('limits are inclusive, and the last record is the last', async t => {
  await using on = await stage({ limits: { maxSessionRecords: 16, maxMessageBytes: 65_536 } })
  const session = await on.initiator().shakeHands()
  for (let i = 0; i < 16; i++) t.equal((await session.ask('sage/ping@v1', 'x')).plaintext, 'x')
  t.equal((await session.ask('sage/ping@v1', 'x')).json['error'], 'authentication_failed')
})
