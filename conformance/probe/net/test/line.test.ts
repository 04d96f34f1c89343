import { EventEmitter, once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { WebSocketServer, type WebSocket } from 'ws'
import { concat } from '../../bytes/framing.js'
import { encodeUtf8 } from '../../bytes/utf8.js'
import type { Route, WireRequest } from '../exchange.js'
import { acceptOf, closeCodeOf, closePayload, encodeFrame, FrameReader, opcodes, type Frame } from '../frames.js'
import type { ReadFrame } from '../frames.js'
import type { Until } from '../inbox.js'
import { Line, type Manners } from '../line.js'

/** Longer than any test: only what a test ends ends. */
const LONG_MS = 60_000
const EMPTY = new Uint8Array(0)
const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const MASK = Uint8Array.of(1, 2, 3, 4)

const requestFor = ({ host }: URL): WireRequest => {
  const headers = [
    ['Host', host],
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', '13'],
    ['Sec-WebSocket-Key', KEY],
    ['Sec-WebSocket-Protocol', 'sage.v1'],
  ] as const
  return { method: 'GET', path: '/', headers, body: EMPTY }
}

const open = (url: URL, manners: Manners = {}, route: Partial<Route> = {}) =>
  Line.open(requestFor(url), { url, timeoutMs: LONG_MS, ...route }, manners)

const lineTo = async (t: Test, url: URL, manners: Manners = {}, route: Partial<Route> = {}): Promise<Line> => {
  const { line } = await open(url, manners, route)
  if (!line) throw new Error('no line')
  t.teardown(() => line.hangUp())
  return line
}

const said = (payload: string | Uint8Array, change: Partial<Frame> = {}): Frame => {
  const bytes = typeof payload === 'string' ? encodeUtf8(payload) : payload
  return { opcode: opcodes.text, mask: MASK, payload: bytes, ...change }
}
const message = (id: string): string => JSON.stringify({ id })
const answerTo = (id: string): string => JSON.stringify({ message_id: id })
const answer = (id?: string): Until => ({ kind: 'answer', id })

/** Another implementation, told what to do with each connection. */
const library = async (t: Test, serve: (socket: WebSocket) => void): Promise<URL> => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  server.on('connection', serve)
  t.teardown(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  await once(server, 'listening')
  return new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

/** One connection of a server that says what no library would. */
interface Raw {
  readonly socket: Socket
  /** Frames of the suite, as they arrive: an event `frame` for each. */
  readonly heard: EventEmitter
  readonly say: (...frames: Frame[]) => void
}

const accepting = `HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptOf(KEY)}\r\n\r\n`

/** A TCP server that does with the head of a request whatever it is told. */
const tcp = async (t: Test, serve: (socket: Socket) => void): Promise<URL> => {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket.on('error', () => undefined))
    socket.once('data', () => serve(socket))
  })
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

/** A server that upgrades, with `early` in the packet of its 101. */
const raw = (t: Test, serve: (raw: Raw) => void, ...early: Frame[]): Promise<URL> =>
  tcp(t, socket => {
    const reader = new FrameReader()
    const heard = new EventEmitter()
    socket.on('data', bytes => {
      for (const frame of reader.push(Buffer.from(bytes))) heard.emit('frame', frame)
    })
    socket.write(Buffer.concat([Buffer.from(accepting), ...early.map(encodeFrame)]))
    serve({ socket, heard, say: (...frames) => void socket.write(Buffer.concat(frames.map(encodeFrame))) })
  })

const bare = { mask: undefined }

// The first test: nothing of another is still on its way out.
t.test('who hangs up leaves nothing behind, whatever was waited for', async t => {
  const left = (): string[] => process.getActiveResourcesInfo().filter(name => /^(Timeout|TCPSocketWrap)$/.test(name))
  let served: Socket | undefined
  const url = await raw(t, ({ socket }) => (served = socket))
  const controller = new AbortController()
  const { line } = await open(url, {}, { signal: controller.signal })
  const waits = [answer('a'), answer(), { kind: 'ping' } as const].map(until => line!.converse([], until))
  const end = line!.converse([], { kind: 'end' })
  t.match(new Set(left()), new Set(['Timeout', 'TCPSocketWrap']))
  line!.hangUp()
  for (const wait of waits) t.match(await wait, { kind: 'reset' })
  t.strictSame(await end, { kind: 'ended', code: undefined })
  if (!served!.closed) await once(served!, 'close')
  t.strictSame(left(), [])
})

t.test('messages are heard by another implementation, and its answers found in any order', async t => {
  const asked: string[] = []
  const url = await library(t, socket => {
    socket.on('message', (bytes: Buffer) => {
      asked.push((JSON.parse(bytes.toString()) as { id: string }).id)
      if (asked.length === 3) for (const id of [...asked].reverse()) socket.send(answerTo(id))
    })
  })
  const line = await lineTo(t, url)
  const answers = await Promise.all(['a', 'b', 'c'].map(id => line.converse([said(message(id))], answer(id))))
  t.strictSame(asked, ['a', 'b', 'c'])
  t.match(
    answers.map(each => each.kind === 'message' && Buffer.from(each.body).toString()),
    ['a', 'b', 'c'].map(answerTo),
  )
})

t.test('what another implementation sends in fragments is one message without a flaw', async t => {
  const url = await library(t, socket => {
    socket.on('message', () => {
      for (const piece of ['{"message', '_id":', '"a"']) socket.send(piece, { fin: false })
      socket.ping('between')
      socket.send('}', { fin: true })
    })
  })
  const line = await lineTo(t, url)
  const arrived = await line.converse([said(message('a'))], answer('a'))
  t.strictSame(arrived, { kind: 'message', body: Buffer.from(answerTo('a')), flaw: undefined })
})

t.test('pings are answered with their content, and not by who is deaf', async t => {
  for (const deaf of [false, true]) {
    const heard: string[] = []
    const url = await library(t, socket => {
      socket.on('pong', data => heard.push(data.toString()))
      socket.on('message', () => socket.send(answerTo('a')))
      socket.ping('one')
      socket.ping('two')
    })
    const line = await lineTo(t, url, { deaf })
    t.strictSame(await line.converse([], { kind: 'ping' }), { kind: 'ping' })
    t.strictSame(await line.converse([], { kind: 'ping' }), { kind: 'ping' }, 'each counts')
    await line.converse([said(message('a'))], answer('a'))
    t.strictSame(heard, deaf ? [] : ['one', 'two'])
  }
})

t.test('a pong with the content of the ping is found', async t => {
  const line = await lineTo(t, await library(t, () => undefined))
  const ping = said('hello', { opcode: opcodes.ping })
  const until: Until = { kind: 'pong', payload: Buffer.from('hello').toString('hex') }
  t.strictSame(await line.converse([ping], until), until)
})

t.test('a close frame of the target is told with its code, answered, and the connection ended', async t => {
  const closes: Promise<unknown[]>[] = []
  const url = await library(t, socket => {
    closes.push(once(socket, 'close'))
    socket.on('message', () => socket.close(1008, 'why'))
  })
  const line = await lineTo(t, url)
  t.strictSame(await line.converse([said('x')], answer()), { kind: 'closed', code: 1008 })
  t.strictSame(await line.converse([], { kind: 'end' }), { kind: 'ended', code: 1008 })
  t.equal((await closes[0]!)[0], 1008, 'the other side sees its own code')
  t.strictSame(await line.converse([said('x')], answer()), { kind: 'closed', code: 1008 }, 'nothing is sent after it')
})

t.test('a close frame of the suite is sent once, and the end is awaited', async t => {
  const codes: number[] = []
  const url = await raw(t, ({ socket, heard, say }) => {
    heard.on('frame', (frame: ReadFrame) => {
      codes.push(closeCodeOf(frame))
      if (codes.length === 1) say(said(closePayload(1000), { opcode: opcodes.close, ...bare }))
    })
    socket.on('end', () => socket.end())
  })
  const line = await lineTo(t, url)
  const close = said(closePayload(1000), { opcode: opcodes.close })
  t.strictSame(await line.converse([close], { kind: 'end' }), { kind: 'ended', code: 1000 })
  t.strictSame(codes, [1000])
})

t.test('a close frame has a code or none, and the first one counts', async t => {
  for (const [code, ...payloads] of [
    [1005, EMPTY],
    [1005, Uint8Array.of(3)],
    [1001, concat(closePayload(1001), encodeUtf8('bye'))],
    [1002, closePayload(1002), closePayload(1000)],
  ] as const) {
    const url = await raw(t, ({ say }) => say(...payloads.map(each => said(each, { opcode: opcodes.close, ...bare }))))
    const line = await lineTo(t, url)
    t.strictSame(await line.converse([], { kind: 'end' }), { kind: 'ended', code })
  }
})

t.test('the end without a close frame is no answer', async t => {
  const ends: [reason: string, end: (socket: Socket) => unknown][] = [
    ['the connection ended', socket => socket.end()],
    ['ECONNRESET', socket => socket.resetAndDestroy()],
  ]
  for (const [reason, end] of ends) {
    const url = await raw(t, ({ socket, heard }) => heard.on('frame', () => end(socket)))
    const line = await lineTo(t, url)
    t.strictSame(await line.converse([said(message('a'))], answer('a')), { kind: 'reset', reason })
    t.strictSame(await line.converse([], { kind: 'end' }), { kind: 'ended', code: undefined })
  }
})

t.test('silence is a timeout, and ends nothing', async t => {
  const url = await raw(t, ({ heard, say }) => heard.on('frame', () => say(said(answerTo('b'), bare))))
  const line = await lineTo(t, url, {}, { timeoutMs: 20 })
  t.strictSame(await line.converse([], { kind: 'ping' }), { kind: 'timeout' })
  t.strictSame(await line.converse([], { kind: 'end' }), { kind: 'timeout' })
  t.match(await line.converse([said(message('b'))], answer('b')), { kind: 'message' })
})

t.test('frames in the packet of the 101 are read', async t => {
  const ping = said('early', { opcode: opcodes.ping, ...bare })
  const close = said(closePayload(1001), { opcode: opcodes.close, ...bare })
  const url = await raw(t, () => undefined, ping, close)
  const line = await lineTo(t, url)
  t.strictSame(await line.converse([], { kind: 'ping' }), { kind: 'ping' })
  t.strictSame(await line.converse([said(message('a'))], answer('a')), { kind: 'closed', code: 1001 })
})

t.test('a message that no receiver may accept comes with its flaw', async t => {
  const text = answerTo('a')
  const cases: [flaw: string, ...Frame[]][] = [
    ['a binary message', said(text, { opcode: opcodes.binary, ...bare })],
    ['a masked frame', said(text)],
    ['a frame with reserved bits', said(text, { reserved: 4, ...bare })],
    ['a frame of opcode 7', said(text, { opcode: 7, ...bare })],
    ['a frame that does not go on with what was begun', said(text, { opcode: opcodes.continuation, ...bare })],
  ]
  for (const [flaw, ...frames] of cases) {
    const url = await raw(t, ({ heard, say }) => heard.on('frame', () => say(...frames)))
    const line = await lineTo(t, url)
    t.match(await line.converse([said(message('a'))], answer('a')), { kind: 'message', flaw }, flaw)
  }
})

t.test('what is beyond what the suite reads is given up at its announcement', async t => {
  let gone: Promise<unknown> | undefined
  const url = await raw(t, ({ socket, heard, say }) => {
    gone = once(socket, 'close')
    heard.on('frame', () => say(said(EMPTY, { announced: 2 ** 26 + 1, ...bare })))
  })
  const line = await lineTo(t, url)
  const reason = 'a frame beyond what the suite reads'
  t.strictSame(await line.converse([said(message('a'))], answer('a')), { kind: 'reset', reason })
  await gone
})

t.test('a target that pings without end and reads nothing is not answered without end', async t => {
  const url = await raw(t, ({ socket, say }) => {
    socket.pause()
    const ping = said(new Uint8Array(125), { opcode: opcodes.ping, ...bare })
    for (let count = 0; count < 40; count++) say(...Array.from({ length: 2000 }, () => ping))
    say(said(closePayload(1000), { opcode: opcodes.close, ...bare }))
  })
  const line = await lineTo(t, url)
  const reason = 'more that nobody asked for than the suite reads'
  t.strictSame(await line.converse([], answer()), { kind: 'reset', reason })
  t.ok(line.socket.writableLength < 2 ** 21, `${line.socket.writableLength} bytes wait`)
})

t.test('a target that reads takes all, and one that does not is said to have stalled', async t => {
  const bulk = Array.from({ length: 64 }, () => said(new Uint8Array(2 ** 18)))
  const bytes = bulk.map(encodeFrame).reduce((sum, frame) => sum + frame.length, 0)
  const reads = await raw(t, () => undefined)
  const taken = await (await lineTo(t, reads)).converse(bulk, { kind: 'stalled' })
  t.strictSame(taken, { kind: 'taken', bytes, answered: 0 })

  const doesNot = await raw(t, ({ socket }) => void socket.pause())
  const line = await lineTo(t, doesNot)
  const arrived = await line.converse(bulk, { kind: 'stalled' })
  t.match(arrived, { kind: 'stalled', bytes: Number, answered: 0 })
  t.ok(arrived.kind === 'stalled' && arrived.bytes < bytes)
})

t.test('nothing is read from a target that is to stall: one that answers all it takes stops taking', async t => {
  const url = await raw(t, ({ socket }) => {
    socket.on('data', bytes => {
      if (socket.write(Buffer.from(bytes))) return
      socket.pause()
      socket.once('drain', () => socket.resume())
    })
  })
  const line = await lineTo(t, url)
  const bulk = Array.from({ length: 128 }, () => said(new Uint8Array(2 ** 18)))
  const arrived = await line.converse(bulk, { kind: 'stalled' })
  t.match(arrived, { kind: 'stalled' })
  t.ok(arrived.kind === 'stalled' && arrived.answered > 0, 'what waited comes once it is read again')
})

t.test('a target that goes away while it is written to has not taken all', async t => {
  const url = await raw(t, ({ socket, heard }) => heard.once('frame', () => socket.resetAndDestroy()))
  const line = await lineTo(t, url)
  const bulk = Array.from({ length: 64 }, () => said(new Uint8Array(2 ** 18)))
  t.match(await line.converse(bulk, { kind: 'stalled' }), { kind: 'reset' })
})

t.test('an upgrade that is refused, or answered with anything else, leaves no connection', async t => {
  const answers: [text: string, expected: object, thenEnds?: true][] = [
    ['HTTP/1.1 404 X\r\nContent-Length: 4\r\n\r\nnope', { kind: 'response', response: { status: 404 } }],
    ['HTTP/1.1 426 X\r\nContent-Length: 0\r\n\r\n', { kind: 'response', response: { status: 426 } }],
    ['HTTP/1.1 200 X\r\nContent-Length: 0\r\n\r\n', { kind: 'response', response: { status: 200 } }],
    ['SSH-2.0-x\r\n\r\n', { kind: 'not-http' }],
    [`HTTP/1.1 101 X\r\n${'x'.repeat(70_000)}`, { kind: 'not-http', reason: 'a head beyond 64 KiB' }],
    ['HTTP/1.1 404 X\r\nContent-Length: 9\r\n\r\nshort', { kind: 'not-http' }, true],
    ['HTTP/1.1 10', { kind: 'not-http' }, true],
    ['', { kind: 'reset' }, true],
  ]
  for (const [text, expected, thenEnds] of answers) {
    let gone: Promise<unknown> | undefined
    const url = await tcp(t, socket => {
      gone = once(socket, 'close')
      socket.write(text)
      if (thenEnds) socket.end()
    })
    const { exchanged, line } = await open(url)
    t.equal(line, undefined)
    t.match(exchanged, expected, text.slice(0, 20))
    await gone
  }
})

t.test('an upgrade that is not answered, or not connected, says so', async t => {
  const silent = await tcp(t, () => undefined)
  t.match(await open(silent, {}, { timeoutMs: 20 }), { exchanged: { kind: 'timeout' } })
  t.match(await open(new URL('ws://127.0.0.1:9/')), { exchanged: { kind: 'unreachable', reason: 'ECONNREFUSED' } })
  const controller = new AbortController()
  const slow = await tcp(t, () => controller.abort())
  const signal = { signal: controller.signal }
  t.match(await open(slow, {}, signal), { exchanged: { kind: 'reset', reason: 'aborted' } })
  t.match(await open(slow, {}, signal), { exchanged: { kind: 'unreachable', reason: 'aborted' } })
})

t.test('a run that is interrupted ends what waits on its connections', async t => {
  const controller = new AbortController()
  const url = await raw(t, ({ heard }) => heard.on('frame', () => controller.abort()))
  const line = await lineTo(t, url, {}, { signal: controller.signal })
  t.strictSame(await line.converse([said(message('a'))], answer('a')), { kind: 'reset', reason: 'aborted' })
})
