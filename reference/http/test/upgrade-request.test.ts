import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import t from 'tap'
import { asksForWebSocket, serveWithoutUpgrade } from '../upgrade-request.js'

interface Seen {
  readonly line: string
  readonly headers: readonly string[]
  readonly body: string
}

/** A server that takes upgrades to WebSocket and serves what else asks for one as if it had not; it says what it saw. */
const start = async () => {
  const seen: Seen[] = []
  const upgrades: string[] = []
  const server: Server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece: Buffer) => (body += piece.toString()))
    request.on('end', () => {
      seen.push({ line: `${request.method} ${request.url}`, headers: request.rawHeaders, body })
      response.end(`answer ${seen.length}.`)
    })
  })
  server.on('upgrade', (request, socket, head) => {
    upgrades.push(request.headers.upgrade ?? '')
    if (asksForWebSocket(request)) socket.end('HTTP/1.1 101 Taken\r\n\r\n')
    else serveWithoutUpgrade(server, request, socket, head)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = (): Promise<void> =>
    new Promise(resolve => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { seen, upgrades, port, [Symbol.asyncDispose]: close }
}

/** Writes parts, each once `answers` of the answers before it are there, and reads to the end. */
const converse = (port: number, parts: readonly [text: string, answers: number][]): Promise<string> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    const left = [...parts]
    let text = ''
    const go = (): void => {
      while (left[0] !== undefined && text.split('answer ').length > left[0][1]) socket.write(left.shift()![0])
    }
    socket.on('connect', go).on('data', bytes => ((text += bytes.toString()), go()))
    socket.on('close', () => resolve(text))
  })

const head = (upgrade: string[], more: string[] = [], line = 'POST /messages HTTP/1.1'): string =>
  [line, 'Host: localhost', ...upgrade, ...more, '', ''].join('\r\n')

const h2c = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']

t.test('a request that asks for HTTP/2 in passing is served, its body too, and the connection lives on', async t => {
  await using on = await start()
  const body = 'x'.repeat(100_000)
  const text = await converse(on.port, [
    [head(h2c, ['Content-Length: 5', 'X-Name: é']) + 'hello', 0],
    [head(h2c, ['Transfer-Encoding: chunked']) + '3\r\nabc\r\n', 1],
    ['0\r\n\r\n', 1],
    [head(h2c, [`Content-Length: ${body.length}`]) + body.slice(0, 70_000), 2],
    [body.slice(70_000), 2],
    [head(h2c, [], 'GET /card HTTP/1.1'), 3],
    [head(['Connection: close'], [], 'GET /last HTTP/1.1'), 4],
  ])
  t.same(
    on.seen.map(({ line, body }) => [line, body]),
    [
      ['POST /messages', 'hello'],
      ['POST /messages', 'abc'],
      ['POST /messages', body],
      ['GET /card', ''],
      ['GET /last', ''],
    ],
  )
  t.match(text, /answer 1\..*answer 5\./s)
  t.same(on.upgrades, ['h2c', 'h2c', 'h2c', 'h2c'])
  for (const { headers } of on.seen.slice(0, 4)) {
    t.notOk(headers.some(value => /^upgrade$/i.test(value)))
    t.same(headers.slice(0, 4), ['Host', 'localhost', 'Connection', 'HTTP2-Settings'])
  }
  t.ok(on.seen[0]?.headers.includes(Buffer.from('é').toString('latin1')), 'headers are what they were, byte by byte')
})

t.test('only a GET that asks for WebSocket is taken for one', async t => {
  await using on = await start()
  const ask = (upgrade: string, line = 'GET /ws HTTP/1.1', connection = 'Upgrade'): Promise<string> =>
    converse(on.port, [
      [head([`Connection: ${connection}`, `Upgrade: ${upgrade}`], ['Content-Length: 0'], line), 0],
      [head(['Connection: close'], [], 'GET /last HTTP/1.1'), 1],
    ])
  for (const upgrade of ['websocket', 'WebSocket', 'h2c, websocket']) t.match(await ask(upgrade), /^HTTP\/1\.1 101 /)
  t.match(await ask('websockets'), /answer/)
  t.match(await ask('websocket', 'POST /ws HTTP/1.1'), /answer/)
  t.match(await ask('websocket', 'GET /ws HTTP/1.1', 'keep-alive'), /answer/)
})
