import { createServer, type AddressInfo, type Socket } from 'node:net'
import t from 'tap'
import { HttpClient } from '../http-client.js'

// A server that is made of bytes, so that it can end a connection whenever a test wants.

type Answering = (socket: Socket, request: number) => void

const start = async (answer: Answering) => {
  const requests: string[] = []
  let calls = 0
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    calls++
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    socket.on('data', bytes => {
      requests.push(bytes.toString())
      answer(socket, requests.length)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = (): Promise<void> =>
    new Promise(resolve => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return { origin, requests, sockets, calls: () => calls, [Symbol.asyncDispose]: close }
}

const answered = (more = ''): string => `HTTP/1.1 200 OK\r\n${more}Content-Length: 2\r\n\r\n{}`
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
const post = { method: 'POST', path: '/messages', body: Buffer.from('{}'), maxBytes: 100, timeoutMs: 60_000 } as const

t.test('a request on a kept connection that ends as it is sent may have been delivered: it is lost', async t => {
  await using on = await start((socket, request) => {
    if (request === 2) socket.destroy()
    else socket.write(answered())
  })
  const client = new HttpClient(on.origin, { connections: 1, keepAliveMs: 4000 })
  await client.request(post)
  await t.rejects(client.request(post), { code: 'connection_lost' })
  for (let turns = 0; turns < 20; turns++) await turn()
  t.equal(on.requests.length, 2, 'and is not sent again')
  t.equal((await client.request(post)).status, 200, 'the next makes another connection')
  t.equal(on.calls(), 2)
  await client.close()
})

t.test('a request to a server that has hung up meanwhile goes by a new connection', async t => {
  await using on = await start(socket => socket.end(answered()))
  const client = new HttpClient(on.origin, { connections: 1, keepAliveMs: 4000 })
  for (let i = 1; i <= 3; i++) {
    t.equal((await client.request(post)).status, 200)
    while (on.sockets.size > 0) await turn()
    for (let turns = 0; turns < 20; turns++) await turn()
    t.equal(on.calls(), i)
  }
  await client.close()
})

t.test('a connection is given up a second before the server says that it does', async t => {
  await using on = await start(socket => void socket.write(answered('Keep-Alive: timeout=1\r\n')))
  const client = new HttpClient(on.origin, { connections: 1, keepAliveMs: 4000 })
  await client.request(post)
  while (on.sockets.size > 0) await turn()
  await client.request(post)
  t.equal(on.calls(), 2)
  await client.close()
})

t.test('there are no more connections than are allowed, and nobody is turned away', async t => {
  const held: Socket[] = []
  await using on = await start(socket => void held.push(socket))
  const client = new HttpClient(on.origin, { connections: 2, keepAliveMs: 4000 })
  const waiting = Array.from({ length: 6 }, () => client.request(post))
  for (let answers = 0; answers < 6; answers++) {
    while (held.length === 0) await turn()
    t.ok(on.sockets.size <= 2)
    held.shift()!.write(answered())
  }
  await Promise.all(waiting)
  t.equal(on.calls(), 2)
  await client.close()
  await t.rejects(client.request(post), { code: 'unreachable' })
  await t.rejects(client.open({ ...post, signal: new AbortController().signal }), { code: 'unreachable' })
})
