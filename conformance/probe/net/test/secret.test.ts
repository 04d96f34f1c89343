import t from 'tap'
import type { Exchanged, WireRequest } from '../exchange.js'
import { METRICS_TOKEN, METRICS_TOKEN_IN_QUERY, withMetricsToken } from '../secret.js'

const url = new URL('http://localhost/metrics')
const token = 'a-token-of-some-length'
const request = (value: string): WireRequest => ({
  method: 'GET',
  path: '/metrics',
  headers: [['Authorization', value]],
  body: new Uint8Array(0),
})

/** What is sent, and what is seen of an answer that repeats it. */
const exchanged = async (value: string): Promise<{ sent: string; seen: Exchanged }> => {
  let sent = ''
  const exchange = withMetricsToken(async ({ headers }) => {
    sent = headers[0]![1]
    const body = Buffer.concat([Buffer.from(`you said ${sent} and ${sent}`), Uint8Array.of(0xff, 0x00)])
    return { kind: 'response', response: { status: 200, headers: [['x-said', sent]], body } }
  }, token)
  const seen = await exchange(request(value), url)
  return { sent, seen }
}

t.test('the token is sent, and seen nowhere', async t => {
  const { sent, seen } = await exchanged(`Bearer ${METRICS_TOKEN}`)
  t.equal(sent, `Bearer ${token}`)
  const response = seen.kind === 'response' ? seen.response : undefined
  t.strictSame(response?.headers, [['x-said', `Bearer ${METRICS_TOKEN}`]])
  const expected = Buffer.from(`you said Bearer ${METRICS_TOKEN} and Bearer ${METRICS_TOKEN}`)
  t.ok(
    Buffer.concat([expected, Uint8Array.of(0xff, 0x00)]).equals(response?.body ?? new Uint8Array(0)),
    'other bytes are as they came',
  )
})

t.test('in a query it is sent as a query has it, and seen nowhere in either form', async t => {
  const strange = 'a+token/of=some'
  const sent: string[] = []
  const exchange = withMetricsToken(async ({ path }) => {
    sent.push(path)
    const body = Buffer.from(`${path} ${strange}`)
    return { kind: 'response', response: { status: 302, headers: [['location', path]], body } }
  }, strange)
  const path = `/metrics?token=${METRICS_TOKEN_IN_QUERY}`
  const seen = await exchange({ ...request('none'), path }, url)
  t.strictSame(sent, ['/metrics?token=a%2Btoken%2Fof%3Dsome'])
  const response = seen.kind === 'response' ? seen.response : undefined
  t.strictSame(response?.headers, [['location', path]])
  t.equal(Buffer.from(response?.body ?? []).toString(), `${path} ${METRICS_TOKEN}`)
})

t.test('a request that does not ask for it is as it is', async t => {
  t.equal((await exchanged('Bearer other')).sent, 'Bearer other')
})

t.test('why nothing came is told as it is', async t => {
  const exchange = withMetricsToken(async () => ({ kind: 'timeout' }), token)
  t.strictSame(await exchange(request(METRICS_TOKEN), url), { kind: 'timeout' })
})
