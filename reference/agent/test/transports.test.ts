import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import type { AgentCard } from '../../../schemas/index.js'
import { isSageError, type SageError } from '../../bytes/sage-error.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import type { WireHook } from '../../http/wire.js'
import { httpTransport } from '../../http/http-transport.js'
import { signCard } from '../../identity/agent-card.js'
import type { Transport } from '../../transport/channel.js'
import type { Agent } from '../agent.js'
import { connect, type ConnectOptions } from '../connect.js'
import { honestSeams } from '../honest-seams.js'
import { createIdentity } from '../identity.js'
import { createResponder } from '../responder.js'
import { serve } from '../serve.js'

const identity = createIdentity()
const own = createIdentity()
const options: ConnectOptions = { identity: own, expectedDid: identity.did }

const start = (): Promise<Agent> => serve({ identity, capabilities: { ws: true } })

/** A responder whose card is changed and signed anew. */
const withCard = (change: (card: AgentCard) => object): Promise<Agent> => {
  const wire: WireHook = (answer, { kind }) => {
    if (kind !== 'card') return answer
    const { signature: _, ...card } = change(JSON.parse(Buffer.from(answer.body).toString()) as AgentCard) as AgentCard
    return { ...answer, body: encodeUtf8(JSON.stringify(signCard(identity.signingKey, card).card)) }
  }
  return createResponder({ identity, capabilities: { ws: true } }, { ...honestSeams, wire })
}

/** A port of this machine where nobody listens. */
const deadPort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

const errorOf = async (promise: Promise<unknown>): Promise<SageError> => {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!isSageError(error)) throw new Error(`not refused: ${String(error)}`)
  return error
}

/** Connects, asks once, and says which transport it was. */
const used = async (url: string, change: Partial<ConnectOptions> = {}): Promise<string> => {
  await using session = await connect(url, { ...options, ...change })
  await session.ping()
  return session.transport
}

t.test('the first of the transports that the card has an endpoint for is used', async t => {
  await using both = await start()
  t.equal(await used(both.url), 'ws', 'WebSocket where there is a choice and no preference')
  t.equal(await used(both.url, { transports: ['http', 'ws'] }), 'http')
  t.equal(await used(both.url, { transports: ['http'] }), 'http')
  t.equal(await used(both.url, { transports: ['ws'] }), 'ws')
  await using plain = await serve({ identity })
  t.equal(await used(plain.url), 'http')
  t.match(await errorOf(connect(plain.url, { ...options, transports: ['ws'] })), {
    code: 'peer_rejected',
    message: /names no endpoint for any of the transports that are allowed/,
  })
})

t.test('a ws URL names the transport too, and the card is read beside it', async t => {
  await using agent = await start()
  const url = agent.url.replace('http', 'ws')
  t.equal(await used(url), 'ws')
  t.equal(await used(`${url}/ws`, { transports: ['http', 'ws'] }), 'ws')
  t.match(await errorOf(connect(url, { ...options, transports: ['http'] })), {
    code: 'configuration',
    message: /serves ws; those that are served: http, https$/,
  })
  await using plain = await serve({ identity })
  t.equal((await errorOf(connect(plain.url.replace('http', 'ws'), options))).code, 'peer_rejected')
})

t.test('of a peer without a card the scheme of its endpoint decides', async t => {
  await using agent = await start()
  const peer = { did: identity.did, kemKey: identity.kemPublicKey }
  const { ws = '' } = agent.card.endpoints
  t.equal(await used(agent.url, { peer }), 'http')
  t.equal(await used(ws, { peer }), 'ws')
  t.equal(await used(agent.url, { peer: { ...peer, endpoint: ws } }), 'ws')
  t.match(await errorOf(connect(ws, { ...options, peer, transports: ['http'] })), { code: 'configuration' })
  t.match(await errorOf(connect('quic://localhost', { ...options, peer })), {
    code: 'configuration',
    message: 'no allowed transport serves quic; those that are served: ws, wss, http, https',
  })
})

t.test('what cannot be connected is followed by the next, as long as nothing was sent', async t => {
  const dead = await deadPort()
  await using noWs = await withCard(card => ({
    ...card,
    endpoints: { ...card.endpoints, ws: `ws://127.0.0.1:${dead}/ws` },
  }))
  t.equal(await used(noWs.url), 'http')
  const unreachable = await errorOf(connect(noWs.url, { ...options, transports: ['ws'] }))
  t.match(unreachable, { code: 'unreachable', message: /nothing was sent/ })
  await using wrongPath = await withCard(card => ({
    ...card,
    endpoints: { ...card.endpoints, ws: `${card.endpoints.ws}/elsewhere` },
  }))
  t.equal(await used(wrongPath.url), 'http', 'an upgrade that is refused is no connection')
  await using noHttp = await withCard(card => ({
    ...card,
    endpoints: { ...card.endpoints, http: `http://127.0.0.1:${dead}` },
  }))
  t.equal(await used(noHttp.url, { transports: ['http', 'ws'] }), 'ws')
  t.equal((await errorOf(connect(`http://127.0.0.1:${dead}`, options))).code, 'unreachable', 'no card either')
})

t.test('once a message was sent, nothing else is tried', async t => {
  let handshakes = 0
  await using agent = await createResponder(
    { identity, capabilities: { ws: true } },
    {
      ...honestSeams,
      webSocket: {
        ...honestSeams.webSocket,
        text: text => {
          handshakes++
          return text.replace('"success":true', '"success":false')
        },
      },
      wire: (answer, { kind }) => {
        if (kind === 'handshake') handshakes++
        return answer
      },
    },
  )
  t.equal((await errorOf(connect(agent.url, options))).code, 'peer_rejected')
  t.equal(handshakes, 1)
})

t.test('a choice that cannot be right is said at once', async t => {
  for (const [transports, message] of [
    [[], /no transport is allowed/],
    [['tcp'], /no transport is called tcp; there are ws, http/],
    [['toString'], /no transport is called toString/],
  ] as const)
    t.match(await errorOf(connect('http://localhost', { ...options, transports: transports as never })), {
      code: 'configuration',
      message,
    })
  for (const url of ['ws://agents.example', 'http://agents.example', 'quic://agents.example', 'ws:', 'nowhere'])
    t.equal((await errorOf(connect(url, options))).code, 'configuration', url)
})

t.test('an endpoint without TLS, or one that leads inward, is not used', async t => {
  for (const ws of ['ws://agents.example/ws', 'http://localhost/ws']) {
    await using agent = await withCard(card => ({ ...card, endpoints: { ...card.endpoints, ws } }))
    t.equal((await errorOf(connect(agent.url, options))).code, 'peer_rejected', ws)
  }
  const far = { did: identity.did, kemKey: identity.kemPublicKey, endpoint: 'ws://agents.example/ws' }
  t.match(await errorOf(connect('http://localhost', { ...options, peer: far })), { message: /without TLS/ })
})

t.test('a transport of the caller is used like those built in', async t => {
  const opened: string[] = []
  await using agent = await start()
  const own: Transport = {
    name: 'own',
    schemes: ['own'],
    open: (endpoint, options) => {
      opened.push(endpoint.href)
      return httpTransport.open(new URL(agent.url), options)
    },
  }
  const peer = { did: identity.did, kemKey: identity.kemPublicKey }
  t.equal(await used('own://somewhere/far', { peer, transports: ['ws', own] }), 'own')
  t.same(opened, ['own://somewhere/far'])
  const both = { ...own, schemes: ['http', 'ws'] }
  t.equal(await used(agent.url, { transports: [both] }), 'own')
  t.equal(opened[1], `${agent.url}/`, 'the first endpoint of the card that it reaches')
  t.match(await errorOf(connect('own://somewhere', { ...options, transports: [own] })), {
    code: 'configuration',
    message: /an agent at own needs peer/,
  })
})
