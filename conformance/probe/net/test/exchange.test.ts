import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { exchange, type Exchanged } from '../exchange.js'
import { Line } from '../line.js'

/** Longer than any test: only what a test ends ends. */
const LONG_MS = 60_000

/** Where a server listens that answers the first bytes of each connection with `answer`, and resets it. */
const resetAfter = async (t: Test, answer: string): Promise<URL> => {
  const server = createServer(socket => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.write(answer, () => socket.resetAndDestroy()))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

const request = { method: 'POST', path: '/', headers: [['Host', 'x']] as const, body: Buffer.alloc(2 ** 20) }

const posted = async (t: Test, answer: string): Promise<Exchanged> =>
  exchange(request, { url: await resetAfter(t, answer), timeoutMs: LONG_MS })

t.test('a response that ends with the connection is one, however the connection ends', async t => {
  const seen = await posted(t, 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad')
  const { status, body } = seen.kind === 'response' ? seen.response : {}
  t.equal(status, 400)
  t.equal(Buffer.from(body ?? []).toString(), '400 Bad')
})

t.test('so is the answer to an upgrade', async t => {
  const url = await resetAfter(t, 'HTTP/1.1 426 Upgrade Required\r\n\r\nno')
  const { exchanged, line } = await Line.open({ ...request, method: 'GET' }, { url, timeoutMs: LONG_MS })
  t.equal(line, undefined)
  t.equal(exchanged.kind === 'response' && exchanged.response.status, 426)
})

t.test('a response that a reset cuts short is none', async t => {
  const cut = ['HTTP/1.1 400 Bad', 'HTTP/1.1 400 Bad\r\nContent-Length: 4\r\n\r\n400', 'HTTP/1.1 100 Continue\r\n\r\n']
  for (const answer of cut) t.not((await posted(t, answer)).kind, 'response', answer)
})
