import { request } from 'node:http'
import t from 'tap'
import { ECHO_TASK } from '../../../schemas/index.js'
import type { Agent, ServeOptions } from '../agent.js'
import { createIdentity } from '../identity.js'
import { serve } from '../serve.js'
import { post, StepInitiator } from './stage.js'

// What a responder says of itself to those who run it.

const start = (options: Partial<ServeOptions> = {}) =>
  serve({ identity: createIdentity(), capabilities: { health: true }, ...options })

const ask = ({ url }: Agent, query = '', method = 'GET') => post(url, '', { method, path: `/health${query}` })

t.test('health is declared, and says pass and nothing else', async t => {
  await using agent = await start()
  t.same(agent.card.capabilities, ['echo', 'health'])
  t.equal(agent.card.endpoints.health, `${agent.url}/health`)
  for (const query of ['', '?', '?probe=live', '?probe=ready', '?other=1', '?probe=re%61dy#x']) {
    const { status, headers, text } = await ask(agent, query)
    t.same([status, text], [200, '{"status":"pass"}'], query)
    t.match(headers, { 'content-type': 'application/health+json', 'cache-control': 'no-store' })
  }
  const head = await ask(agent, '', 'HEAD')
  t.match(head, { status: 200, text: '', headers: { 'content-length': '17' } })
})

t.test('another probe is refused, and another method', async t => {
  await using agent = await start()
  for (const query of ['?probe=', '?probe=alive', '?probe=LIVE', '?probe=live&probe=live', '?probe=ready&probe=x'])
    t.match(await ask(agent, query), { status: 400, headers: { 'cache-control': 'no-store' } }, query)
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
    t.match(await ask(agent, '', method), { status: 405, headers: { allow: 'GET, HEAD' } }, method)
  const status = await new Promise(resolve => {
    request(`${agent.url}/health`, { headers: { host: 'agents.example' } }, ({ statusCode }) =>
      resolve(statusCode),
    ).end()
  })
  t.equal(status, 400, 'as any other request')
})

t.test('while it drains it is live, and not ready', async t => {
  const identity = createIdentity()
  let release = (): void => undefined
  const released = new Promise<void>(resolve => (release = resolve))
  let enter = (): void => undefined
  const entered = new Promise<void>(resolve => (enter = resolve))
  const agent = await start({
    identity,
    capabilities: { health: true, ws: true },
    tasks: { slow: () => (enter(), released.then(() => new Uint8Array())) },
  })
  const session = await new StepInitiator(agent, identity.kemPublicKey).shakeHands()
  const slow = session.ask('slow')
  await entered
  const closing = agent.close()
  t.match(await ask(agent, '?probe=ready'), { status: 503, text: '{"status":"fail"}' })
  t.match(await ask(agent), { status: 503, text: '{"status":"fail"}' })
  t.match(await ask(agent, '?probe=live'), { status: 200, text: '{"status":"pass"}' })
  t.match(await post(agent.url, session.seal(ECHO_TASK)), { status: 503 })
  release()
  t.equal((await slow).status, 200)
  await closing
})

t.test('with no room for a message it is not ready', async t => {
  const identity = createIdentity()
  let release = (): void => undefined
  const released = new Promise<void>(resolve => (release = resolve))
  let enter = (): void => undefined
  const entered = new Promise<void>(resolve => (enter = resolve))
  await using agent = await start({
    identity,
    caps: { requests: 1 },
    tasks: { slow: () => (enter(), released.then(() => new Uint8Array())) },
  })
  const session = await new StepInitiator(agent, identity.kemPublicKey).shakeHands()
  const slow = session.ask('slow')
  await entered
  t.equal((await ask(agent)).status, 503)
  t.equal((await ask(agent, '?probe=live')).status, 200)
  release()
  await slow
  t.equal((await ask(agent)).status, 200)
})

t.test('behind a path, and not at all', async t => {
  await using below = await start({ publicUrl: 'https://agents.example/ada' })
  t.equal(below.card.endpoints.health, 'https://agents.example/ada/health')
  await using silent = await start({ capabilities: {} })
  t.equal((await ask(silent)).status, 404)
  t.equal(silent.card.endpoints.health, undefined)
})
