import { connect as connectSocket } from 'node:net'
import t from 'tap'
import { WebSocket } from 'ws'
import { parseJson, type JsonObject } from '../../bytes/json.js'
import { connect } from '../connect.js'
import { createIdentity } from '../identity.js'
import type { Agent } from '../agent.js'
import { serve } from '../serve.js'
import { FakeClock, post, StepInitiator } from './stage.js'

// A whole responder over WebSocket: what it takes, and that everything else is as over HTTP.

const own = createIdentity()

const start = (options: Partial<Parameters<typeof serve>[0]> = {}): Promise<Agent> =>
  serve({ identity: createIdentity(), capabilities: { ws: true }, ...options })

/** Writes text on a connection of its own, and reads until the other side ends it. */
const raw = (agent: Agent, text: string): Promise<string> =>
  new Promise(resolve => {
    const { hostname, port } = new URL(agent.url)
    const socket = connectSocket(Number(port), hostname, () => socket.write(text))
    let answer = ''
    socket.on('data', bytes => (answer += bytes.toString('latin1'))).on('close', () => resolve(answer))
  })

const head = (line: string, ...lines: string[]): string => [line, ...lines, '', ''].join('\r\n')

const upgrade = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
]

/** A connection on which messages are sent and answers read, one for each `message_id`. */
const open = async (agent: Agent) => {
  const socket = new WebSocket(agent.card.endpoints.ws ?? '', ['sage.v1'])
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const waiting = new Map<unknown, (answer: JsonObject) => void>()
  socket.on('message', (bytes: Buffer) => {
    const answer = parseJson(bytes)
    waiting.get(answer['message_id'])?.(answer)
  })
  const ask = (message: { readonly id: string }): Promise<JsonObject> =>
    new Promise(resolve => {
      waiting.set(message.id, resolve)
      socket.send(JSON.stringify(message))
    })
  const close = (): Promise<number> =>
    new Promise(resolve => {
      socket.once('close', resolve)
      socket.close()
    })
  return { ask, close, closed: new Promise<number>(resolve => socket.once('close', resolve)) }
}

t.test('WebSocket is off unless it is turned on, and then stands in the card', async t => {
  await using without = await serve({ identity: createIdentity() })
  t.same(without.card.capabilities, ['echo'])
  t.notOk('ws' in without.card.endpoints)
  t.match(await raw(without, head('GET /ws HTTP/1.1', 'Host: localhost', 'Connection: close')), /^HTTP\/1\.1 404 /)
  await using agent = await start()
  t.same(agent.card.capabilities, ['echo', 'ws'])
  t.equal(agent.card.endpoints.ws, `${agent.url.replace('http', 'ws')}/ws`)
  await using far = await start({ publicUrl: 'https://agents.example/ada' })
  t.equal(far.card.endpoints.ws, 'wss://agents.example/ada/ws')
  const port = Number(new URL(without.url).port)
  await without.close()
  await using below = await start({ port, publicUrl: `http://localhost:${port}/ada` })
  t.match(await raw(below, head('GET /ada/ws HTTP/1.1', 'Host: localhost', 'Connection: close')), /^HTTP\/1\.1 426 /)
  for (const origins of [['https://a.example/'], ['a.example'], ['*'], ['https://A.example']])
    await t.rejects(start({ capabilities: { ws: { origins } } }), { code: 'configuration' }, origins.join())
  for (const caps of [{ connections: 0 }, { requestsPerConnection: 0.5 }, { requestBytesPerConnection: -1 }])
    await t.rejects(start({ caps }), { code: 'configuration' })
})

t.test('the statuses at the endpoint', async t => {
  await using agent = await start({ capabilities: { ws: { origins: ['https://listed.example', 'null'] } } })
  const status = async (lines: string[], host = 'Host: localhost'): Promise<string> => {
    const [first = ''] = (await raw(agent, head('GET /ws HTTP/1.1', host, ...lines))).split('\r\n')
    return first.split(' ')[1] ?? ''
  }
  const plain = await raw(agent, head('GET /ws HTTP/1.1', 'Host: localhost', 'Connection: close'))
  t.match(plain, /^HTTP\/1\.1 426 /)
  t.match(plain, /\r\nupgrade: websocket\r\n/i)
  const offered = [...upgrade, 'Sec-WebSocket-Protocol: sage.v1']
  t.equal(await status(upgrade), '400')
  t.equal(await status(offered, 'Host: evil.example'), '400')
  t.equal(await status(['Connection: close'], 'Host: evil.example'), '400')
  t.equal(await status([...offered, 'Origin: https://other.example']), '403')
  const last = head('GET /x HTTP/1.1', 'Host: localhost', 'Connection: close')
  const elsewhere = await raw(agent, head('GET /elsewhere HTTP/1.1', 'Host: localhost', ...offered) + last)
  t.equal(elsewhere.match(/HTTP\/1\.1 404 /g)?.length, 2, 'elsewhere it is a request like any other')
  t.notMatch(plain + elsewhere, /access-control/i)
  for (const origin of ['https://listed.example', 'null']) {
    const socket = new WebSocket(agent.card.endpoints.ws ?? '', ['sage.v1'], { origin })
    await new Promise(resolve => socket.once('open', resolve))
    t.equal(socket.protocol, 'sage.v1')
    socket.terminate()
  }
})

t.test(
  'requests one after the other on a connection, of which some ask for HTTP/2, are answered in their order',
  async t => {
    await using agent = await start()
    const h2c = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAM']
    const ask = (id: string, lines: string[]): string =>
      head(
        'POST /messages HTTP/1.1',
        'Host: localhost',
        'Content-Type: application/json',
        'Content-Length: 10',
        ...lines,
      ) + `{"id":"${id}"}`
    const last = head('GET /x HTTP/1.1', 'Host: localhost', 'Connection: close')
    for (const lines of [
      [h2c, h2c, h2c],
      [[], h2c, []],
      [h2c, [], h2c],
    ]) {
      const text = await raw(agent, lines.map((more, i) => ask(`${i}`.repeat(1), more)).join('') + last)
      t.same(text.match(/"message_id":"\d"|404/g), ['"message_id":"0"', '"message_id":"1"', '"message_id":"2"', '404'])
    }
  },
)

t.test('an upgrade behind a request that never ends does not keep a responder from closing', async t => {
  const identity = createIdentity()
  let entered = (): void => undefined
  const isEntered = new Promise<void>(resolve => (entered = resolve))
  const stuck = () => (entered(), new Promise<Uint8Array>(() => undefined))
  const agent = await start({ identity, tasks: { 'test/stuck@v1': stuck }, drainMs: 0 })
  const session = await new StepInitiator(agent, identity.kemPublicKey).shakeHands()
  const body = JSON.stringify(session.seal('test/stuck@v1'))
  const lines = ['Host: localhost', 'Content-Type: application/json', `Content-Length: ${body.length}`]
  const next = head('GET /ws HTTP/1.1', 'Host: localhost', ...upgrade)
  const answer = raw(agent, head('POST /messages HTTP/1.1', ...lines) + body + next)
  await isEntered
  await agent.close()
  t.equal(await answer, '')
})

t.test('the answers are those of HTTP, to the member', async t => {
  const identity = createIdentity()
  await using agent = await start({ identity })
  const initiator = new StepInitiator(agent, identity.kemPublicKey)
  const session = await initiator.shakeHands()
  const connection = await open(agent)
  const { payload: _payload, ...incomplete } = session.seal('sage/ping@v1')
  const wrong = [
    { id: 'a' },
    { ...incomplete, id: 'b' },
    { ...initiator.offer().message, signature: initiator.offer().message.signature },
    session.seal('sage/ping@v1', '', { kid: 'kid-none' }),
    { ...session.seal('sage/ping@v1', ''), task_id: 'sage/close@v1' },
  ]
  for (const message of wrong) t.same(await connection.ask(message), (await post(agent.url, message)).json)
  const first = session.seal('sage/ping@v1', 'x')
  t.equal((await connection.ask(first))['success'], true)
  t.equal((await post(agent.url, first)).status, 401, 'accepted once, over all ways together')
  const offer = initiator.offer().message
  t.equal((await post(agent.url, offer)).status, 200)
  t.match(await connection.ask(offer), { error: 'authentication_failed' })
  await connection.close()
})

t.test('a session goes over HTTP, a connection, another connection, and HTTP', async t => {
  const identity = createIdentity()
  await using agent = await start({ identity })
  const session = await new StepInitiator(agent, identity.kemPublicKey).shakeHands()
  const over = async (): Promise<void> => {
    const connection = await open(agent)
    t.match(await connection.ask(session.seal('sage/ping@v1', 'over ws')), { success: true, kid: session.kid })
    await connection.close()
  }
  t.equal((await session.ask('sage/ping@v1', 'over http')).plaintext, 'over http')
  await over()
  await over()
  t.equal((await session.ask('sage/ping@v1', 'http again')).plaintext, 'http again')
})

t.test('an echo waits as it is told, and no longer than somebody waits for it', async t => {
  const identity = createIdentity()
  await using agent = await start({ identity })
  await using session = await connect(agent.url, { identity: own })
  const echo = (delay: string): Promise<Uint8Array> =>
    session.send('sage/echo@v1', Buffer.from('x'), { metadata: { 'delay-ms': delay } })
  for (const delay of ['0', '1', '40']) {
    const begun = performance.now()
    await echo(delay)
    t.ok(performance.now() - begun >= Number(delay), delay)
  }
  for (const delay of ['', '-1', '00', '01', '10000', '1.5', '1e3', 'x', ' 1'])
    await t.rejects(echo(delay), { code: 'malformed' }, delay)
  const step = await new StepInitiator(agent, identity.kemPublicKey).shakeHands()
  const connection = await open(agent)
  const waiting = connection.ask(step.seal('sage/echo@v1', 'x', { metadata: { 'delay-ms': '9999' } }))
  void waiting
  t.match(await connection.ask(step.seal('sage/ping@v1')), { success: true })
  const closing = performance.now()
  await connection.close()
  await agent.close()
  t.ok(performance.now() - closing < 4000, 'nobody waits for what nobody reads')
})

t.test('a connection is looked after by the clock that is passed in, within a second of this machine', async t => {
  const clock = new FakeClock()
  await using agent = await start({ clock })
  const connection = await open(agent)
  clock.advance(30)
  t.equal(await connection.closed, 1008)
})
