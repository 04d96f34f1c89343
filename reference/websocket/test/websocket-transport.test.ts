import { createServer, type AddressInfo } from 'node:net'
import t from 'tap'
import { parseJson } from '../../bytes/json.js'
import { readMessageId } from '../../message/envelope.js'
import { channelParts } from '../channel-parts.js'
import { createWebSocketTransport, webSocketTransport } from '../websocket-transport.js'
import { answerTo, MAX, message, options, start, textOf, type Answering } from './answering.js'
import { StillClock } from './stage.js'

t.test('it offers sage.v1 and nothing else, and sends each message as one text', async t => {
  await using on = await start((socket, id) => socket.send(answerTo(id)))
  const channel = await webSocketTransport.open(on.endpoint, options)
  t.equal(textOf(await channel.exchange(message('a', { text: 'é' }))), answerTo('a'))
  t.match(on.upgrades, [
    { 'sec-websocket-protocol': 'sage.v1', 'sec-websocket-extensions': undefined, origin: undefined },
  ])
  t.same(on.received, [{ body: '{"id":"a","text":"é"}', isBinary: false }])
  await channel.close()
  while (on.closes.length === 0) await new Promise(resolve => setImmediate(resolve))
  t.same(on.closes, [1000])
  await t.rejects(channel.exchange(message('b')), { code: 'unreachable' })
})

t.test('nothing is sent where sage.v1 is not selected, or there is no connection', async t => {
  for (const handleProtocols of [() => false as const, () => 'mqtt', () => 'sage.v2']) {
    await using on = await start(() => undefined, { handleProtocols })
    const refused = webSocketTransport.open(on.endpoint, options)
    await t.rejects(refused, { code: 'unreachable', message: /nothing was sent/ })
    t.same(on.received, [])
  }
  await using lax = await start(() => undefined)
  const unasked = createWebSocketTransport({
    ...channelParts,
    createSocket: (url, options) => {
      const socket = channelParts.createSocket(url, options)
      Object.defineProperty(socket, 'protocol', { value: '' })
      return socket
    },
  })
  await t.rejects(unasked.open(lax.endpoint, options), { code: 'unreachable' })
  await t.rejects(webSocketTransport.open(new URL('ws://127.0.0.1:1/'), options), { code: 'unreachable' })
  const given = { ...options, signal: AbortSignal.abort() }
  await t.rejects(webSocketTransport.open(lax.endpoint, given), { code: 'aborted' })
})

t.test('a server that never answers the upgrade is no connection, in time', async t => {
  const server = createServer(socket => socket.on('error', () => undefined).resume())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const endpoint = new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`)
  await t.rejects(webSocketTransport.open(endpoint, { ...options, timeoutMs: 50 }), { code: 'unreachable' })
  await new Promise(resolve => server.close(resolve))
})

t.test('answers come in any order, and what answers nothing is ignored', async t => {
  const held: (() => void)[] = []
  await using on = await start((socket, id) => {
    for (const stray of ['{}', answerTo('unknown'), 'garbage', '[]', '{"message_id":7}', answerTo(id) + 'x'])
      socket.send(stray)
    held.unshift(() => socket.send(answerTo(id)))
    if (held.length === 20) for (const send of held) send()
  })
  const channel = await webSocketTransport.open(on.endpoint, {
    ...options,
    messageIdOf: bytes => {
      try {
        return readMessageId(parseJson(bytes))
      } catch {
        return undefined
      }
    },
  })
  const ids = Array.from({ length: 20 }, (_, i) => `id-${i}`)
  t.same(
    (await Promise.all(ids.map(id => channel.exchange(message(id))))).map(textOf),
    ids.map(id => answerTo(id)),
  )
  await channel.close()
})

t.test('what must not arrive ends the connection with its code, and every request on it', async t => {
  const wrong: [number, Answering][] = [
    [1003, (socket, id) => socket.send(Buffer.from(answerTo(id)))],
    [1007, socket => socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false })],
    [1009, (socket, id) => socket.send(answerTo(id, { x: 'x'.repeat(MAX) }))],
  ]
  for (const [code, answer] of wrong) {
    await using on = await start(answer)
    const channel = await webSocketTransport.open(on.endpoint, options)
    const exchange = channel.exchange(message('a'))
    await t.rejects(exchange, { code: 'connection_lost' })
    while (on.closes.length === 0) await new Promise(resolve => setImmediate(resolve))
    t.same(on.closes, [code])
    t.equal(on.received.length, 1, 'and nothing is sent again')
    await channel.close()
  }
})

t.test('after a loss the next message makes one other connection, however many there are at once', async t => {
  let isFirst = true
  await using on = await start((socket, id) => {
    if (isFirst) socket.terminate()
    else socket.send(answerTo(id))
    isFirst = false
  })
  const channel = await webSocketTransport.open(on.endpoint, options)
  await t.rejects(channel.exchange(message('a')), { code: 'connection_lost' })
  const abort = new AbortController()
  const given = channel.exchange({ ...message('given'), signal: abort.signal })
  abort.abort()
  await t.rejects(given, { code: 'aborted' }, 'who gives up while there is no connection yet is not sent')
  await Promise.all(['b', 'c', 'd'].map(id => channel.exchange(message(id))))
  t.equal(on.upgrades.length, 2)
  t.same(
    on.received.map(({ body }) => body),
    ['a', 'b', 'c', 'd'].map(id => `{"id":"${id}"}`),
  )
  await channel.close()
})

t.test('who gives up before anything has left is not sent', async t => {
  await using on = await start((socket, id) => socket.send(answerTo(id)))
  const channel = await webSocketTransport.open(on.endpoint, options)
  await t.rejects(channel.exchange({ ...message('a'), signal: AbortSignal.abort() }), { code: 'aborted' })
  await channel.exchange(message('b'))
  t.equal(on.received.length, 1)
  await channel.close()
})

t.test('requests to who does not read wait, and are all sent when they do', async t => {
  await using on = await start((socket, id) => socket.send(answerTo(id)))
  const channel = await webSocketTransport.open(on.endpoint, options)
  const [client] = on.server.clients
  client!.pause()
  const bodies = Array.from({ length: 400 }, (_, i) => message(`id-${i}`, { filling: 'x'.repeat(60_000) }))
  const abort = new AbortController()
  const exchanges = bodies.map(body => channel.exchange(body))
  const given = channel.exchange({ ...message('given'), signal: abort.signal })
  await new Promise(resolve => setImmediate(resolve))
  abort.abort()
  await t.rejects(given, { code: 'aborted' })
  client!.resume()
  await Promise.all(exchanges)
  t.equal(on.received.length, 400, 'all but the one that was given up in time')
  await channel.close()
})

t.test('it pings, and gives up who does not answer', async t => {
  const clock = new StillClock()
  let isDeaf = false
  const answer: Answering = (socket, id) => void (id !== 'a' && socket.send(answerTo(id)))
  await using on = await start(answer, { autoPong: false })
  let pings = 0
  on.server.on('connection', socket =>
    socket.on('ping', bytes => {
      pings++
      if (!isDeaf) socket.pong(bytes)
    }),
  )
  const quick = createWebSocketTransport({ ...channelParts, sweepMs: 5 })
  const channel = await quick.open(on.endpoint, { ...options, monotonic: clock.monotonic })
  const waiting = channel.exchange(message('a'))
  for (const time of [30_000, 60_000, 90_000]) {
    isDeaf = time === 90_000
    clock.ms = time
    const before = pings
    while (pings === before) await new Promise(resolve => setImmediate(resolve))
    // What comes after a pong is read after it.
    if (!isDeaf) await channel.exchange(message(`at-${time}`))
  }
  clock.ms = 110_000
  await t.rejects(waiting, { code: 'connection_lost' })
  t.equal(pings, 3)
  await channel.close()
})

t.test('of many pings at once it answers the latest, and stays', async t => {
  const pongs: string[] = []
  const answer: Answering = (socket, id) => {
    socket.on('pong', bytes => {
      pongs.push(bytes.toString())
      if (bytes.toString() === 'ping 999') socket.send(answerTo(id))
    })
    for (let index = 0; index < 1000; index++) socket.ping(`ping ${index}`)
  }
  await using on = await start(answer)
  const channel = await webSocketTransport.open(on.endpoint, options)
  await channel.exchange(message('a'))
  t.equal(pongs.at(-1), 'ping 999')
  await channel.close()
})
