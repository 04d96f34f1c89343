import t, { type Test } from 'tap'
import type { Exchange } from '../../transport/exchange.js'
import { echoing, frame, MAX, open, start, type Running } from './stage.js'

const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10]
const EMPTY = new Uint8Array()

const say = (id: number | string): string => JSON.stringify({ id: `${id}` })

/** An exchange whose answers to some are held until they are released. */
const gated = (isHeld: (id: string) => boolean): { exchange: (honest: Exchange) => Exchange; release: () => void } => {
  let release = (): void => undefined
  const released = new Promise<void>(resolve => (release = resolve))
  const exchange = (honest: Exchange): Exchange => ({
    ...honest,
    answer: async (reading, arrival) => {
      const reply = honest.answer(reading, arrival)
      if (reading.isJson && isHeld(reading.id ?? '')) await released
      return reply
    },
  })
  return { exchange, release: () => release() }
}

const isAlive = async (t: Test, on: Running): Promise<void> => {
  const client = await open(on.port)
  client.socket.write(frame(TEXT, say('alive')))
  t.equal((await client.next(TEXT)).toString(), say('alive'), 'others are not affected')
  client.socket.destroy()
  t.same(on.faults, [])
}

t.test('what no answer could be matched to closes the connection with its code', async t => {
  await using on = await start()
  const invalid = Uint8Array.from([0x22, 0xff, 0x22])
  const closing: [string, number, Buffer[]][] = [
    ['a binary message', 1003, [frame(BINARY, say(1))]],
    ['an empty binary message', 1003, [frame(BINARY)]],
    ['not UTF-8', 1007, [frame(TEXT, invalid)]],
    ['not UTF-8, over two frames', 1007, [frame(TEXT, invalid.subarray(0, 2), { fin: false }), frame(0, '"')]],
    ['nothing', 1007, [frame(TEXT)]],
    ['no object', 1007, [frame(TEXT, '[]')]],
    ['names twice', 1007, [frame(TEXT, '{"id":"a","id":"a"}')]],
    ['too deep', 1007, [frame(TEXT, `{"id":"a","x":${'['.repeat(40)}${']'.repeat(40)}}`)]],
    ['no id', 1008, [frame(TEXT, '{}')]],
    ['an id that is no token', 1008, [frame(TEXT, '{"id":"a b"}')]],
    ['too large, announced', 1009, [frame(TEXT, 'x', { announced: MAX + 1 })]],
    ['very large, announced', 1009, [frame(TEXT, 'x', { announced: 2 ** 40 })]],
    [
      'too large, in frames',
      1009,
      [frame(TEXT, 'x'.repeat(MAX), { fin: false }), frame(CONTINUATION, '', { announced: 1 })],
    ],
  ]
  for (const [what, code, frames] of closing) {
    const client = await open(on.port)
    client.socket.write(Buffer.concat([frame(TEXT, say('before')), ...frames]))
    t.equal(await client.closeCode(), code, what)
    t.equal(client.frames.at(-1)?.opcode, CLOSE, 'and nothing comes after that')
  }
  await isAlive(t, on)
})

t.test('a frame that RFC 6455 does not allow closes with 1002', async t => {
  await using on = await start()
  const wrong: [string, Buffer[]][] = [
    ['RSV1', [frame(TEXT, say(1), { reserved: 4 })]],
    ['RSV2', [frame(TEXT, say(1), { reserved: 2 })]],
    ['RSV3', [frame(TEXT, say(1), { reserved: 1 })]],
    ['RSV1 in a control frame', [frame(PING, '', { reserved: 4 })]],
    ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): [string, Buffer[]] => [`opcode ${opcode}`, [frame(opcode)]]),
    ['unmasked', [frame(TEXT, say(1), { masked: false })]],
    ['a fragmented ping', [frame(PING, '', { fin: false })]],
    ['a fragmented close', [frame(CLOSE, '', { fin: false })]],
    ['a ping of 126 bytes', [frame(PING, 'x'.repeat(126))]],
    ['a close of one byte', [frame(CLOSE, 'x')]],
    ['a close with a code that must not be sent', [frame(CLOSE, Uint8Array.of(3, 237))]],
    ['a continuation of nothing', [frame(CONTINUATION, say(1))]],
    ['a message inside another', [frame(TEXT, '{', { fin: false }), frame(TEXT, say(1))]],
    ['a binary message inside another', [frame(TEXT, '{', { fin: false }), frame(BINARY, say(1))]],
  ]
  for (const [what, frames] of wrong) {
    const client = await open(on.port)
    client.socket.write(Buffer.concat(frames))
    t.equal(await client.closeCode(), 1002, what)
  }
  await isAlive(t, on)
})

t.test('a message comes in one byte a frame, cut inside characters, with pings between', async t => {
  await using on = await start()
  const client = await open(on.port)
  const text = JSON.stringify({ id: 'a', text: 'é€𐍈'.repeat(30) })
  const pieces = [...Buffer.from(text)].map(byte => Uint8Array.of(byte))
  const frames = pieces.flatMap((piece, i) => [
    frame(i === 0 ? TEXT : CONTINUATION, piece, { fin: false }),
    ...(i % 40 === 0 ? [frame(PING, `ping ${i}`)] : []),
  ])
  client.socket.write(Buffer.concat([...frames, frame(CONTINUATION)]))
  t.equal((await client.next(TEXT)).toString(), text)
  const last = `ping ${40 * Math.floor((pieces.length - 1) / 40)}`
  for (let said = ''; said !== last;) said = (await client.next(PONG)).toString()
  const whole = Array.from({ length: 1024 }, (_, i) => ' '.repeat(i % 3))
  const most = whole.map((part, i) =>
    frame(i === 0 ? TEXT : CONTINUATION, i === 1023 ? say('most') : part, { fin: i === 1023 }),
  )
  client.socket.write(Buffer.concat(most))
  t.equal((await client.next(TEXT)).toString(), say('most'), '1024 frames')
  client.socket.write(frame(TEXT, say('x') + ' '.repeat(MAX - say('x').length)))
  t.equal((await client.next(TEXT)).toString(), say('x'), 'the limit itself')
  client.socket.write(frame(CLOSE, Uint8Array.of(3, 232)))
  t.equal(await client.closeCode(), 1000, 'a close is answered')
})

t.test('every message is answered as soon as its answer is there', async t => {
  const { exchange, release } = gated(id => Number(id) % 3 === 0)
  await using on = await start({ exchange: exchange(echoing) })
  const client = await open(on.port)
  const ids = Array.from({ length: 15 }, (_, i) => `${i + 1}`)
  client.socket.write(Buffer.concat(ids.map(id => frame(TEXT, say(id)))))
  const answered: string[] = []
  while (answered.length < 10) answered.push((JSON.parse((await client.next(TEXT)).toString()) as { id: string }).id)
  t.same(
    answered,
    ids.filter(id => Number(id) % 3 !== 0),
  )
  release()
  for (const id of ids.filter(id => Number(id) % 3 === 0)) t.equal((await client.next(TEXT)).toString(), say(id))
})

t.test('more at once than there may be, in number or in bytes, is unavailable, and the rest is answered', async t => {
  const { exchange, release } = gated(() => true)
  await using on = await start({ exchange: exchange(echoing), caps: { requests: 4, requestBytes: 1000 } })
  const [many, large] = [await open(on.port), await open(on.port)]
  many.socket.write(Buffer.concat(Array.from({ length: 6 }, (_, i) => frame(TEXT, say(i)))))
  large.socket.write(frame(TEXT, say('large') + ' '.repeat(950)))
  large.socket.write(frame(TEXT, say('larger') + ' '.repeat(950)))
  // A pong comes after what was sent before its ping has been read; answers are held until then.
  for (const client of [many, large]) client.socket.write(frame(PING))
  for (const client of [many, large]) await client.next(PONG)
  release()
  const all: string[] = []
  while (all.length < 6) all.push((await many.next(TEXT)).toString())
  t.equal(all.filter(text => text.includes('unavailable')).length, 2)
  t.equal((await large.next(TEXT)).toString(), say('large'))
  t.match((await large.next(TEXT)).toString(), 'unavailable')
  many.socket.write(frame(TEXT, say('later')))
  t.equal((await many.next(TEXT)).toString(), say('later'), 'there is room again')
})

t.test('from who does not read nothing more is read, until they do; others go on', async t => {
  let read = 0
  const counting: Exchange = {
    ...echoing,
    read: bytes => {
      if (bytes.length > 1000) read += bytes.length
      return echoing.read(bytes)
    },
  }
  await using on = await start({ exchange: counting })
  const client = await open(on.port)
  client.socket.pause()
  const text = JSON.stringify({ id: 'x', filling: 'y'.repeat(16_000) })
  const total = 1000
  let written = 0
  const write = async (): Promise<void> => {
    for (; written < total; written++)
      if (!client.socket.write(frame(TEXT, text))) await new Promise(resolve => client.socket.once('drain', resolve))
  }
  const writing = write()
  // What the network holds for either side is bounded too: once all of it is full, nothing moves while others come and go.
  for (let still = 0, before = -1; still < 10;) {
    await isAlive(t, on)
    still = before === written + read ? still + 1 : 0
    before = written + read
  }
  t.ok(written < total, `the writer is held up after ${written}`)
  client.socket.resume()
  await writing
  for (let i = 0; i < total; i++) await client.next(TEXT)
  t.pass('and all are answered when they are read')
})

t.test('a connection on which nothing is accepted in time is closed with 1008', async t => {
  await using on = await start({ caps: { requests: 0, requestBytes: 0 } })
  const client = await open(on.port)
  client.socket.write(Buffer.concat([frame(TEXT, say('refused')), frame(PING)]))
  t.match((await client.next(TEXT)).toString(), 'unavailable')
  await client.next(PONG)
  on.clock.ms = 30_000
  t.equal(await client.closeCode(), 1008)
})

t.test('a connection in use is pinged; who answers stays, who does not is cut off', async t => {
  await using on = await start()
  const [live, dead] = [await open(on.port), await open(on.port)]
  for (const client of [live, dead]) {
    client.socket.write(frame(TEXT, say('first')))
    await client.next(TEXT)
  }
  for (const time of [30_000, 60_000, 90_000]) {
    on.clock.ms = time
    t.same(await live.next(PING), EMPTY)
    if (time === 30_000) await dead.next(PING)
    live.socket.write(frame(PONG))
    live.socket.write(frame(TEXT, say(time)))
    await live.next(TEXT)
  }
  t.equal(await dead.closeCode(), undefined, 'cut, without a word')
  t.notOk(live.socket.destroyed)
})

t.test('what is only part of a message is a sign of life', async t => {
  await using on = await start()
  const client = await open(on.port)
  client.socket.write(frame(TEXT, say('first')))
  await client.next(TEXT)
  on.clock.ms = 30_000
  await client.next(PING)
  client.socket.write(frame(TEXT, '{"id":', { fin: false }))
  // Frames are answered in their order: when the pong is there, what came before it has arrived.
  client.socket.write(frame(PING))
  await client.next(PONG)
  on.clock.ms = 50_000
  client.socket.write(frame(CONTINUATION, '"late"}'))
  t.equal((await client.next(TEXT)).toString(), say('late'))
})

t.test('tasks learn that their connection has ended', async () => {
  const signals: AbortSignal[] = []
  const stuck: Exchange = {
    ...echoing,
    answer: (_reading, { signal }) => (signals.push(signal()), new Promise(() => undefined)),
  }
  await using on = await start({ exchange: stuck })
  for (const end of [
    frame(CLOSE, Uint8Array.of(3, 232)),
    frame(BINARY, 'x'),
    frame(TEXT, 'x', { reserved: 4 }),
    undefined,
  ]) {
    const client = await open(on.port)
    client.socket.write(frame(TEXT, say('stuck')))
    while (signals.length === 0) await new Promise(resolve => setImmediate(resolve))
    const [signal] = signals.splice(0)
    const aborted = new Promise(resolve => signal!.addEventListener('abort', resolve))
    if (end === undefined) client.socket.destroy()
    else client.socket.write(end)
    await aborted
    await client.ended
  }
})

t.test(
  'closing: what runs is answered, what is new is refused, and then every connection is closed with 1001',
  async t => {
    const { exchange, release } = gated(id => id === 'slow')
    const on = await start({ exchange: exchange(echoing) })
    const client = await open(on.port)
    client.socket.write(frame(TEXT, say('slow')))
    client.socket.write(frame(TEXT, say('fast')))
    t.equal((await client.next(TEXT)).toString(), say('fast'))
    const closing = on.listener.close(10_000)
    client.socket.write(frame(TEXT, say('new')))
    t.match((await client.next(TEXT)).toString(), 'unavailable')
    t.match((await open(on.port)).head, /^HTTP\/1\.1 503 /)
    release()
    t.equal((await client.next(TEXT)).toString(), say('slow'))
    t.equal((await client.next(CLOSE)).readUInt16BE(0), 1001)
    await closing
    await on[Symbol.asyncDispose]()
  },
)

t.test('closing takes no longer than it may, from who does not answer a close', async t => {
  const { exchange } = gated(() => true)
  const on = await start({ exchange: exchange(echoing) })
  const client = await open(on.port)
  client.answersClose = false
  client.socket.write(frame(TEXT, say('stuck')))
  client.socket.write(frame(PING))
  await client.next(PONG)
  await on.listener.close(10)
  t.equal(await client.closeCode(), 1001)
  await on[Symbol.asyncDispose]()
})

t.test('of many pings at once the latest is answered, and the connection stands', async t => {
  await using on = await start()
  const client = await open(on.port)
  const pings = Array.from({ length: 1000 }, (_, index) => frame(PING, `ping ${index}`))
  client.socket.write(Buffer.concat(pings))
  const answered: string[] = []
  while (answered.at(-1) !== 'ping 999') answered.push((await client.next(PONG)).toString())
  const numbers = answered.map(text => Number(text.slice('ping '.length)))
  t.same(
    numbers,
    [...numbers].sort((a, b) => a - b),
    'in their order',
  )
  client.socket.write(frame(TEXT, say('after')))
  t.equal((await client.next(TEXT)).toString(), say('after'))
  client.socket.destroy()
  await isAlive(t, on)
})
