import t from 'tap'
import { WebSocket } from 'ws'
import { upgradeGuards } from '../upgrade-guards.js'
import { open, start, upgradeLines } from './stage.js'

const without = (name: string): string[] => upgradeLines.filter(line => !line.startsWith(name))
const status = async (port: number, lines: readonly string[]): Promise<number> => {
  const client = await open(port, lines)
  client.socket.destroy()
  return Number(client.head.split(' ')[1])
}

t.test('sage.v1 is selected among others and alone, and no extension', async t => {
  await using on = await start()
  for (const offer of ['sage.v1', 'chat, sage.v1 , sage.v2', 'sage.v2,sage.v1']) {
    const client = await open(on.port, [
      ...without('Sec-WebSocket-Protocol'),
      `Sec-WebSocket-Protocol: ${offer}`,
      'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
    ])
    t.match(client.head, /^HTTP\/1\.1 101 .*\r\nSec-WebSocket-Protocol: sage\.v1$/s, offer)
    t.notMatch(client.head, /extensions|access-control/i)
    client.socket.destroy()
  }
})

t.test('an upgrade that does not offer it, or comes from where it is not listed, is refused', async t => {
  await using on = await start()
  const offering = (offer: string): string[] => [
    ...without('Sec-WebSocket-Protocol'),
    `Sec-WebSocket-Protocol: ${offer}`,
  ]
  for (const lines of [
    without('Sec-WebSocket-Protocol'),
    offering('sage.v2'),
    offering('SAGE.V1'),
    offering('sage.v1.1'),
  ])
    t.equal(await status(on.port, lines), 400, lines.join())
  for (const origin of ['https://other.example', 'null', '', 'https://listed.example:444', 'https://listed.example/'])
    t.equal(await status(on.port, [...upgradeLines, `Origin: ${origin}`]), 403, origin)
  t.equal(await status(on.port, [...upgradeLines, 'Origin: https://listed.example']), 101)
  t.equal(await status(on.port, [...upgradeLines, 'Sec-WebSocket-Origin: null']), 403)
  t.equal(await status(on.port, [...without('Sec-WebSocket-Key')]), 400)
})

t.test('at the cap of connections there is no room, and later there is', async t => {
  await using on = await start({ maxConnections: 2 })
  const [first, second] = [await open(on.port), await open(on.port)]
  t.equal(await status(on.port, upgradeLines), 503)
  first.socket.destroy()
  second.socket.destroy()
  let found = 503
  while (found === 503) found = await status(on.port, upgradeLines)
  t.equal(found, 101)
})

t.test('every guard of an upgrade is worth its line', async t => {
  const headers = { 'sec-websocket-protocol': ['sage.v1'] }
  const origins = new Set<string>()
  const refusal = (context: Parameters<(typeof upgradeGuards)[number][1]>[0]): (number | undefined)[] =>
    upgradeGuards.map(([, refuse]) => refuse(context))
  t.same(refusal({ isUpgrade: true, headers, origins }), [undefined, undefined, undefined])
  t.same(refusal({ isUpgrade: false, headers, origins }), [426, undefined, undefined])
  t.same(refusal({ isUpgrade: true, headers: { ...headers, origin: ['null'] }, origins }), [undefined, 403, undefined])
  t.same(refusal({ isUpgrade: true, headers: {}, origins }), [undefined, undefined, 400])
})

t.test('a client of another making is served', async t => {
  await using on = await start()
  const socket = new WebSocket(`ws://127.0.0.1:${on.port}/ws`, ['sage.v1'])
  const answered = new Promise<string>(resolve => socket.once('message', (data: Buffer) => resolve(data.toString())))
  socket.once('open', () => socket.send('{"id":"a"}'))
  t.equal(await answered, '{"id":"a"}')
  const closed = new Promise<number>(resolve => socket.once('close', resolve))
  socket.close(1000)
  t.equal(await closed, 1000)
})
