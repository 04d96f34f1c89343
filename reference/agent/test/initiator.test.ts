import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import type { AgentCard } from '../../../schemas/index.js'
import { encodeBase64, parseBase64 } from '../../bytes/base64.js'
import { isSageError, type SageError } from '../../bytes/sage-error.js'
import { encodeTime, SECOND } from '../../bytes/time.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { signCard } from '../../identity/agent-card.js'
import type { WireAnswer, WireHook, WireSubject } from '../../http/wire.js'
import { connect, type ConnectOptions } from '../connect.js'
import { createIdentity } from '../identity.js'
import { honestSeams } from '../honest-seams.js'
import { createResponder } from '../responder.js'
import { FakeClock } from './stage.js'

type Changed = Record<string, unknown>

const identity = createIdentity()
const own = createIdentity()

/** A responder whose answers pass through `wire`, and how often it was asked to carry out a task. */
const hostile = async (wire: WireHook, options: { readonly clock?: FakeClock } = {}) => {
  const calls = { count: 0 }
  const tasks = {
    count: () => {
      calls.count++
      return encodeUtf8('counted')
    },
  }
  const agent = await createResponder({ identity, tasks, drainMs: 10, ...options }, { ...honestSeams, wire })
  return { agent, calls, [Symbol.asyncDispose]: () => agent.close() }
}

/** Changes the JSON of the answers of one kind. */
const rewrite =
  (kind: WireSubject['kind'], change: (body: Changed) => Changed): WireHook =>
  (answer, about) =>
    about.kind === kind
      ? {
          ...answer,
          body: encodeUtf8(JSON.stringify(change(JSON.parse(Buffer.from(answer.body).toString()) as Changed))),
        }
      : answer

const replace =
  (kind: WireSubject['kind'], change: (answer: WireAnswer) => Partial<WireAnswer>): WireHook =>
  (answer, about) =>
    about.kind === kind ? { ...answer, ...change(answer) } : answer

const errorOf = async (promise: Promise<unknown>): Promise<SageError> => {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!isSageError(error)) throw new Error(`not refused: ${String(error)}`)
  return error
}

const text = (body: string): Partial<WireAnswer> => ({ body: encodeUtf8(body) })

t.test('a card that is not acceptable is refused', async t => {
  const resign = (change: (card: AgentCard) => Changed, key = identity.signingKey): WireHook =>
    rewrite('card', card => {
      const { signature: _signature, ...unsigned } = change(card as unknown as AgentCard)
      return signCard(key, unsigned as never).card as unknown as Changed
    })
  const now = BigInt(Date.now()) * 1_000_000n
  const time = (seconds: number): string => encodeTime(now + BigInt(seconds) * SECOND)
  const wires: Record<string, WireHook> = {
    'not JSON': replace('card', () => text('<html>')),
    'not a card': replace('card', () => text('{}')),
    'not there': replace('card', () => ({ status: 404 })),
    'a redirect': replace('card', () => ({ status: 302, headers: { location: '/elsewhere' } })),
    'too large': replace('card', ({ body }) => text(Buffer.from(body).toString() + ' '.repeat(65_536))),
    'changed after it was signed': rewrite('card', card => ({ ...card, name: 'Eve' })),
    'signed by another': resign(card => ({ ...card }), own.signingKey),
    'of another version': resign(card => ({ ...card, sage: '1.1' })),
    expired: resign(card => ({ ...card, issuedAt: time(-100), expiresAt: time(-1) })),
    'from the future': resign(card => ({ ...card, issuedAt: time(130), expiresAt: time(200) })),
    'living too long': resign(card => ({ ...card, issuedAt: time(-1), expiresAt: time(86_400 * 31) })),
    'of a DID that does not resolve': resign(card => ({ ...card, did: 'did:web:example.com' })),
    'with an endpoint over plain HTTP': resign(card => ({ ...card, endpoints: { http: 'http://agents.example' } })),
  }
  for (const [name, wire] of Object.entries(wires)) {
    await using on = await hostile(wire)
    t.equal((await errorOf(connect(on.agent.url, { identity: own }))).code, 'peer_rejected', name)
  }
  await using on = await hostile(resign(card => ({ ...card })))
  await (await connect(on.agent.url, { identity: own })).close()
})

t.test('another agent than the expected one is refused, before any handshake', async t => {
  const kinds: string[] = []
  await using on = await hostile((answer, { kind }) => (kinds.push(kind), answer))
  const error = await errorOf(connect(on.agent.url, { identity: own, expectedDid: own.did }))
  t.match(error, { code: 'peer_rejected', message: /not the one that is expected/ })
  t.same(kinds, ['card'])
})

t.test('a card older than one accepted before is refused, as long as the identity lives', async t => {
  const clock = new FakeClock()
  const reader = createIdentity()
  let old: Uint8Array | undefined
  let isReplayed = false
  await using on = await hostile(
    replace('card', ({ body }) => {
      old ??= body
      return isReplayed ? { body: old } : {}
    }),
    { clock },
  )
  await (await connect(on.agent.url, { identity: reader, clock })).close()
  clock.advance(86_400 * 4)
  await (await connect(on.agent.url, { identity: reader, clock })).close()
  isReplayed = true
  t.equal((await errorOf(connect(on.agent.url, { identity: reader, clock }))).code, 'peer_rejected')
  await (await connect(on.agent.url, { identity: createIdentity(), clock })).close()
})

t.test('an answer to the handshake that is not acceptable is refused', async t => {
  const data = (change: (data: Changed) => Changed): WireHook =>
    rewrite('handshake', body => {
      const inner = JSON.parse(Buffer.from(parseBase64(String(body['data']))).toString()) as Changed
      return { ...body, data: encodeBase64(encodeUtf8(JSON.stringify(change(inner)))) }
    })
  const key = createIdentity().kemPublicKey
  const x = Buffer.from(key).toString('base64url')
  const wires: Record<string, WireHook> = {
    'not JSON': replace('handshake', () => text('nothing')),
    'not 200': replace('handshake', () => ({ status: 201 })),
    'a redirect': replace('handshake', () => ({ status: 307, headers: { location: '/messages' } })),
    'a plain error': replace('handshake', () => ({
      status: 401,
      ...text('{"success":false,"error":"authentication_failed"}'),
    })),
    'to another message': rewrite('handshake', body => ({ ...body, message_id: 'another' })),
    'with a member more': rewrite('handshake', body => ({ ...body, extra: 1 })),
    'with a kid': rewrite('handshake', body => ({ ...body, kid: 'kid-1' })),
    'too large': replace('handshake', ({ body }) => text(Buffer.from(body).toString() + ' '.repeat(8_388_608))),
    v: data(inner => ({ ...inner, v: 'v2' })),
    kid: data(inner => ({ ...inner, kid: 'kid-of-another' })),
    ephS: data(inner => ({ ...inner, ephS: x })),
    did: data(inner => ({ ...inner, did: own.did })),
    ts: data(inner => ({ ...inner, ts: '2001-01-01T00:00:00Z' })),
    'ack tag': data(inner => ({ ...inner, ackTagB64: x })),
    signature: data(inner => ({ ...inner, sigB64: Buffer.alloc(64).toString('base64url') })),
  }
  for (const [name, wire] of Object.entries(wires)) {
    await using on = await hostile(wire)
    t.equal((await errorOf(connect(on.agent.url, { identity: own }))).code, 'peer_rejected', name)
  }
  await using on = await hostile(wires['a plain error']!)
  t.match((await errorOf(connect(on.agent.url, { identity: own }))).cause, { code: 'authentication_failed' })
})

t.test(
  'an answer in a session that is not acceptable leaves the outcome unknown, and nothing is sent twice',
  async t => {
    const plain = (error: string, status: number): WireHook =>
      replace('session', () => ({ status, ...text(JSON.stringify({ success: false, error })) }))
    const flip = (body: Changed): Changed => {
      const record = Uint8Array.from(parseBase64(String(body['data'])))
      record[30]! ^= 1
      return { ...body, data: encodeBase64(record) }
    }
    const wires: Record<string, WireHook> = {
      'plain unavailable': plain('unavailable', 503),
      'plain session_unknown': plain('session_unknown', 401),
      'plain error with 200': plain('internal', 200),
      'not 200': replace('session', () => ({ status: 202 })),
      'a redirect': replace('session', () => ({ status: 307, headers: { location: '/messages' } })),
      'not JSON': replace('session', () => text('ok')),
      nothing: replace('session', () => text('')),
      'too large': replace('session', ({ body }) => text(Buffer.from(body).toString() + ' '.repeat(8_388_608))),
      'to another message': rewrite('session', body => ({ ...body, message_id: 'another' })),
      'of another task': rewrite('session', body => ({ ...body, task_id: 'another' })),
      'of another session': rewrite('session', body => ({ ...body, kid: 'kid-of-another' })),
      'success made an error': rewrite('session', body => ({ ...body, success: false, error: 'internal' })),
      'with an encoding': rewrite('session', body => ({ ...body, encoding: 'gzip' })),
      'with a stream': rewrite('session', body => ({ ...body, stream: { id: 's', seq: 0, end: true } })),
      damaged: rewrite('session', flip),
    }
    for (const [name, wire] of Object.entries(wires)) {
      await using on = await hostile(wire)
      const session = await connect(on.agent.url, { identity: own, timeoutMs: 60_000 })
      const error = await errorOf(session.send('count', encodeUtf8('x')))
      t.equal(error.code, 'outcome_unknown', name)
      t.ok(isSageError(error.cause), name)
      t.equal(on.calls.count, 1, name)
      await session.close()
    }
    await using on = await hostile(plain('session_unknown', 401))
    const session = await connect(on.agent.url, { identity: own })
    t.match((await errorOf(session.send('count', new Uint8Array()))).cause, { code: 'session_unknown' })
  },
)

t.test('an answer cannot be moved to another request', async t => {
  let first: Changed | undefined
  await using on = await hostile(
    rewrite('session', body => {
      first ??= body
      return { ...body, data: first['data'] }
    }),
  )
  const session = await connect(on.agent.url, { identity: own })
  t.equal(Buffer.from(await session.send('count', encodeUtf8('x'))).toString(), 'counted')
  t.equal((await errorOf(session.send('count', encodeUtf8('x')))).code, 'outcome_unknown')
  await session.close()
})

t.test('only what is declared idempotent is sent again, once, in a record of its own', async t => {
  const payloads = new Set<string>()
  let failures = 0
  const wire: WireHook = (answer, { kind, message }) => {
    if (kind !== 'session' || message?.kind !== 'session' || message.message.task_id !== 'count') return answer
    payloads.add(message.message.payload)
    return failures-- > 0 ? { ...answer, ...text('lost') } : answer
  }
  await using on = await hostile(wire)
  const session = await connect(on.agent.url, { identity: own })
  failures = 1
  t.equal((await session.send('count', new Uint8Array(), { idempotent: true })).length, 7)
  t.equal(on.calls.count, 2)
  t.equal(payloads.size, 2)
  failures = 2
  t.equal((await errorOf(session.send('count', new Uint8Array(), { idempotent: true }))).code, 'outcome_unknown')
  t.equal(on.calls.count, 4)
  failures = 1
  t.equal((await errorOf(session.send('count', new Uint8Array()))).code, 'outcome_unknown')
  t.equal(on.calls.count, 5)
  await session.close()
})

/** A server that does with each request what it is told. */
const scripted = async (handle: (request: IncomingMessage, response: ServerResponse) => void) => {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    request.resume()
    handle(request, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const close = (): Promise<void> => {
    server.closeAllConnections()
    return new Promise(resolve => server.close(() => resolve()))
  }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, requests, [Symbol.asyncDispose]: close }
}

const withPeer = (change: Partial<ConnectOptions> = {}): ConnectOptions => ({
  identity: own,
  peer: { did: identity.did, kemKey: identity.kemPublicKey },
  ...change,
})

t.test('a connection that is lost, silence and a caller that gives up have each their code', async t => {
  await using lost = await scripted(request => request.socket.destroy())
  t.equal((await errorOf(connect(lost.url, withPeer()))).code, 'connection_lost')
  t.same(lost.requests, ['POST /messages'], 'once')
  await using silent = await scripted(() => undefined)
  t.equal((await errorOf(connect(silent.url, withPeer({ timeoutMs: 30 })))).code, 'timeout')
  t.equal((await errorOf(connect(silent.url, withPeer({ signal: AbortSignal.abort() })))).code, 'aborted')
  const abort = new AbortController()
  setImmediate(() => abort.abort())
  t.equal((await errorOf(connect(silent.url, withPeer({ signal: abort.signal })))).code, 'aborted')
  await using dripping = await scripted((_request, response) => response.writeHead(200).write('{'))
  t.equal((await errorOf(connect(dripping.url, withPeer({ timeoutMs: 30 })))).code, 'timeout')
  await using redirecting = await scripted((_request, response) =>
    response.writeHead(308, { location: silent.url }).end(),
  )
  t.equal((await errorOf(connect(redirecting.url, withPeer()))).code, 'peer_rejected')
  t.same(redirecting.requests, ['POST /messages'])
})

t.test('in a session, what is lost under way has an unknown outcome; what was never sent has not', async t => {
  let isSilent = false
  await using on = await hostile(answer => (isSilent ? new Promise(() => undefined) : answer))
  const session = await connect(on.agent.url, { identity: own })
  isSilent = true
  const late = await errorOf(session.send('count', new Uint8Array(), { timeoutMs: 30 }))
  t.match(late, { code: 'outcome_unknown', cause: { code: 'timeout' } })
  const abort = new AbortController()
  const sent = session.send('count', new Uint8Array(), { signal: abort.signal })
  while (on.calls.count < 2) await new Promise(resolve => setImmediate(resolve))
  abort.abort()
  t.match(await errorOf(sent), { code: 'outcome_unknown', cause: { code: 'aborted' } })
  t.equal((await errorOf(session.send('count', new Uint8Array(), { signal: abort.signal }))).code, 'aborted')
  t.equal(on.calls.count, 2)
  isSilent = false
  await on.agent.close()
  // Whether a kept connection is gone is known for sure only once it has been tried.
  await errorOf(session.send('count', new Uint8Array()))
  const gone = await errorOf(session.send('count', new Uint8Array(), { idempotent: true }))
  t.match(gone, { code: 'unreachable', message: /nothing was sent/ })
  await session.close()
})

t.test('closing waits for what runs, and ends the session at the peer', async t => {
  const kinds: (string | undefined)[] = []
  await using on = await hostile(async (answer, { message }) => {
    kinds.push(message?.kind === 'session' ? message.message.task_id : undefined)
    await new Promise(resolve => setImmediate(resolve))
    return answer
  })
  const session = await connect(on.agent.url, { identity: own })
  const running = session.send('count', new Uint8Array())
  const closing = session.close()
  t.equal((await running).length, 7)
  await closing
  t.same(kinds.slice(-2), ['count', 'sage/close@v1'])
})

t.test('the initiator lets no session outlive its limits', async t => {
  const clock = new FakeClock()
  const agent = await createResponder({
    identity,
    clock,
    limits: { maxSessionIdleSeconds: 10, maxSessionAgeSeconds: 15 },
  })
  t.teardown(() => agent.close())
  const [idle, old] = [
    await connect(agent.url, { identity: own, clock }),
    await connect(agent.url, { identity: own, clock }),
  ]
  clock.advance(9)
  await old.ping()
  clock.advance(1)
  t.equal((await errorOf(idle.ping())).code, 'session_closed')
  await old.ping()
  clock.advance(5)
  t.equal((await errorOf(old.ping())).code, 'session_closed')
  for (const session of [idle, old]) await session.close()
})

t.test('what cannot be asked for is refused before anything is sent', async t => {
  const far = 'http://agents.example'
  const cases: [string, Partial<ConnectOptions>][] = [
    [far, {}],
    ['ftp://localhost', {}],
    ['nowhere', {}],
    ['https://u:p@localhost', {}],
    ['http://localhost', { expectedDid: 'not a DID' }],
    ['http://localhost', { timeoutMs: NaN }],
    ['http://localhost', { timeoutMs: 0 }],
    ['http://localhost', { peer: { did: 'x', kemKey: new Uint8Array(32) } }],
    ['http://localhost', { peer: { did: own.did, kemKey: new Uint8Array(31) } }],
    ['http://localhost', { peer: { did: own.did, kemKey: new Uint8Array(32), endpoint: far } }],
    ['http://localhost', { peer: { did: own.did, kemKey: new Uint8Array(32) }, expectedDid: identity.did }],
  ]
  for (const [url, change] of cases)
    t.equal(
      (await errorOf(connect(url, { identity: own, ...change }))).code,
      'configuration',
      JSON.stringify([url, change]),
    )
  const lowOrder = { did: identity.did, kemKey: new Uint8Array(32) }
  t.equal((await errorOf(connect('http://localhost:1', { identity: own, peer: lowOrder }))).code, 'peer_rejected')
})
