import t from 'tap'
import { ECHO_TASK, metrics, type Metric } from '../../../schemas/index.js'
import { WebSocket } from 'ws'
import type { Agent, ServeOptions } from '../agent.js'
import { connect } from '../connect.js'
import { createIdentity } from '../identity.js'
import { serve } from '../serve.js'
import { post, StepInitiator } from './stage.js'
import { StreamLine } from './stream-stage.js'

// What a responder counts, and to whom it shows it.

const everything = { batch: true, gzip: true, health: true, metrics: true, stream: true, ws: true } as const

const start = (options: Partial<ServeOptions> = {}) =>
  serve({ identity: createIdentity(), capabilities: everything, ...options })

const ask = async ({ url }: Agent, headers: Record<string, string> = {}, method = 'GET') => {
  const response = await fetch(`${url}/metrics`, { method, headers })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

type Sample = readonly [series: string, value: number]

const samples = (text: string): Sample[] =>
  text
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))])

/** What has changed since the last look; times and buckets are left out. */
const watch = (agent: Agent) => {
  let last = new Map<string, number>()
  return async (): Promise<Record<string, number>> => {
    const now = new Map(samples((await ask(agent)).text))
    const changed = [...now].filter(
      ([series, value]) => value !== (last.get(series) ?? 0) && !/_bucket|_seconds_sum/.test(series),
    )
    const difference = changed.map(([series, value]) => [series, value - (last.get(series) ?? 0)])
    last = now
    return Object.fromEntries(difference) as Record<string, number>
  }
}

t.test('every metric is shown from the start, with its type, its labels and nothing else', async t => {
  await using agent = await start()
  t.equal(agent.card.endpoints.metrics, `${agent.url}/metrics`)
  const { status, headers, text } = await ask(agent)
  t.equal(status, 200)
  t.match(headers.get('content-type'), /^text\/plain; version=0\.0\.4/)
  t.equal(headers.get('cache-control'), 'no-store')
  const types = Object.fromEntries([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]))
  t.same(types, Object.fromEntries(Object.entries<Metric>(metrics).map(([name, { type }]) => [name, type])))
  const series = samples(text).filter(([name]) => !name.includes('_bucket'))
  t.same(
    series.map(([name]) => name),
    [
      'sage_handshakes_total{outcome="accepted"}',
      'sage_handshakes_total{outcome="refused"}',
      'sage_records_total{outcome="opened"}',
      'sage_records_total{outcome="refused"}',
      'sage_requests_total{outcome="success"}',
      'sage_requests_total{outcome="error"}',
      ...['http', 'ws'].flatMap(by => ['sum', 'count'].map(of => `sage_request_seconds_${of}{transport="${by}"}`)),
      ...['http', 'ws'].flatMap(by =>
        ['in', 'out'].flatMap(way =>
          ['sum', 'count'].map(of => `sage_payload_bytes_${of}{transport="${by}",direction="${way}"}`),
        ),
      ),
      'sage_batches_total',
      'sage_sessions{state="live"}',
      'sage_sessions{state="provisional"}',
      'sage_streams',
      'sage_connections',
    ],
  )
  t.ok(series.every(([, value]) => value === 0))
})

t.test('what is not declared is not shown', async t => {
  await using agent = await start({ capabilities: { metrics: true } })
  const { text } = await ask(agent)
  t.notMatch(text, /sage_batches|sage_streams|sage_connections|transport="ws"/)
  await using silent = await start({ capabilities: {} })
  t.equal((await ask(silent)).status, 404)
})

t.test('each event is counted, once', async t => {
  const identity = createIdentity()
  await using agent = await start({ identity })
  const changes = watch(agent)
  const initiator = new StepInitiator(agent, identity.kemPublicKey)
  const session = await initiator.shakeHands()
  t.same(await changes(), { 'sage_handshakes_total{outcome="accepted"}': 1, 'sage_sessions{state="provisional"}': 1 })

  await post(agent.url, initiator.offer({ respDid: 'did:x:other' }).message)
  await post(agent.url, { id: 'a' })
  await post(agent.url, 'no JSON')
  t.same(await changes(), { 'sage_handshakes_total{outcome="refused"}': 2 })

  const message = session.seal(ECHO_TASK, 'x')
  await session.send(message)
  t.same(await changes(), {
    'sage_records_total{outcome="opened"}': 1,
    'sage_requests_total{outcome="success"}': 1,
    'sage_request_seconds_count{transport="http"}': 1,
    'sage_payload_bytes_sum{transport="http",direction="in"}': 37,
    'sage_payload_bytes_count{transport="http",direction="in"}': 1,
    'sage_payload_bytes_sum{transport="http",direction="out"}': 37,
    'sage_payload_bytes_count{transport="http",direction="out"}': 1,
    'sage_sessions{state="live"}': 1,
    'sage_sessions{state="provisional"}': -1,
  })

  await session.send(message)
  await post(agent.url, { kid: 'k' })
  t.match(await changes(), {
    'sage_records_total{outcome="refused"}': 2,
    'sage_requests_total{outcome="error"}': undefined,
    'sage_request_seconds_count{transport="http"}': 2,
    'sage_payload_bytes_count{transport="http",direction="in"}': 1,
  })

  const messages = [session.seal('no/task'), session.seal(ECHO_TASK), message, { id: 'b' }, 7]
  await post(agent.url, { messages }, { path: '/batch' })
  await post(agent.url, { messages: [] }, { path: '/batch' })
  t.match(await changes(), {
    sage_batches_total: 1,
    'sage_handshakes_total{outcome="refused"}': 1,
    'sage_records_total{outcome="opened"}': 2,
    'sage_records_total{outcome="refused"}': 1,
    'sage_requests_total{outcome="success"}': 1,
    'sage_requests_total{outcome="error"}': 1,
    'sage_request_seconds_count{transport="http"}': 3,
    'sage_payload_bytes_count{transport="http",direction="in"}': 3,
    'sage_payload_bytes_count{transport="http",direction="out"}': 2,
  })

  await session.ask('sage/close@v1')
  t.match(await changes(), { 'sage_sessions{state="live"}': -1, 'sage_requests_total{outcome="success"}': 1 })
})

t.test('streams and connections are counted while they last, and a stream is one request', async t => {
  const identity = createIdentity()
  await using agent = await start({ identity })
  const session = await new StepInitiator(agent, identity.kemPublicKey).shakeHands()
  const line = await StreamLine.open(agent.url, session)
  const changes = watch(agent)
  const chunk = (seq: number, end = false) => ({ id: 's', seq, end })
  line.say(chunk(0), 'a')
  await line.hears()
  t.match(await changes(), {
    sage_streams: 1,
    sage_connections: 1,
    'sage_records_total{outcome="opened"}': 1,
    'sage_requests_total{outcome="success"}': undefined,
    'sage_payload_bytes_count{transport="ws",direction="out"}': Number,
  })
  line.say(chunk(1, true), 'b')
  while (!(await line.hears()).endsWith('end'));
  t.match(await changes(), {
    sage_streams: -1,
    'sage_records_total{outcome="opened"}': 1,
    'sage_requests_total{outcome="success"}': 1,
    'sage_request_seconds_count{transport="ws"}': 1,
  })
  line.say({ ...chunk(3), id: 'unknown' })
  await line.hears()
  t.match(await changes(), { 'sage_requests_total{outcome="error"}': 1, sage_streams: undefined })
  await line.close()
  const stray = new WebSocket(`${agent.url.replace('http', 'ws')}/ws`, 'sage.v1')
  stray.on('open', () => stray.send('{"kid":"k"}'))
  await new Promise(resolve => stray.on('close', resolve))
  t.match(await changes(), { 'sage_records_total{outcome="refused"}': 1, sage_connections: -1 })
})

t.test('nothing that a peer chose is shown', async t => {
  const identity = createIdentity()
  await using agent = await start({ identity, tasks: { 'secret/task': () => new Uint8Array() } })
  const own = createIdentity()
  await using session = await connect(agent.url, { identity: own })
  await session.send('secret/task', new Uint8Array(), { metadata: { mine: 'chosen' } })
  await session.send('never/heard-of', new Uint8Array()).catch(() => undefined)
  const { text } = await ask(agent)
  t.match(text, 'sage_requests_total{outcome="success"} 1')
  t.notMatch(text, /did:|kid-|secret|never|chosen/)
})

t.test('two responders do not count together', async t => {
  await using one = await start()
  await using two = await start()
  await using session = await connect(one.url, { identity: createIdentity() })
  await session.ping()
  t.match((await ask(one)).text, 'sage_handshakes_total{outcome="accepted"} 1')
  t.match((await ask(two)).text, 'sage_handshakes_total{outcome="accepted"} 0')
})

t.test('whoever does not know the token sees nothing', async t => {
  const token = 'correct-horse-battery'
  await using agent = await start({ capabilities: { metrics: { token } } })
  t.equal((await ask(agent, { authorization: `Bearer ${token}` })).status, 200)
  t.equal((await ask(agent, { authorization: `bearer ${token}` })).status, 200)
  for (const authorization of [
    '',
    token,
    `Bearer ${token}x`,
    `Bearer ${token.slice(1)}`,
    'Bearer ',
    `Basic ${token}`,
  ]) {
    const { status, text, headers } = await ask(agent, authorization === '' ? {} : { authorization })
    t.same([status, text, headers.get('www-authenticate')], [401, '', 'Bearer'], authorization)
  }
})

t.test('metrics that others can reach are shown to whom the deployer says', async t => {
  const publicUrl = 'https://agents.example'
  const starting = (metrics: NonNullable<ServeOptions['capabilities']>['metrics'] & {}) =>
    start({ publicUrl, capabilities: { metrics } })
  await t.rejects(starting(true), { code: 'configuration' })
  await t.rejects(starting({ token: 'short' }), { code: 'configuration' })
  await t.rejects(starting({ token: 'sixteen characters' }), { code: 'configuration' })
  await (await starting({ public: true })).close()
  await (await starting({ token: 'sixteen-characters' })).close()
})

t.test('another method is refused', async t => {
  await using agent = await start()
  const { status, headers } = await ask(agent, {}, 'POST')
  t.same([status, headers.get('allow')], [405, 'GET, HEAD'])
  t.same([(await ask(agent, {}, 'HEAD')).status, (await ask(agent, {}, 'HEAD')).text], [200, ''])
})
