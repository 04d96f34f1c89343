import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { SageError } from '../../bytes/sage-error.js'
import { CARD_PATH } from '../card-path.js'
import { frontGuards, httpGuards } from '../http-guards.js'
import { httpParts } from '../http-parts.js'
import { listen, type ListenerOptions } from '../listener.js'
import { isReading, type Page } from '../page.js'
import { detailOf } from '../../transport/plain-error.js'
import type { Exchange } from '../../transport/exchange.js'
import { cardAnswer, honestWire, replyAnswer, type WireSubject } from '../wire.js'

const message = {
  kind: 'handshake',
  id: 'message-1',
  contextId: 'context-1',
  taskId: 'task/1',
  did: 'did:x:a',
  payloadBytes: new Uint8Array(),
  signature: new Uint8Array(),
} as const

/** Says how long the body was, once the headers have been judged. */
const measure: Exchange = {
  read: bytes => ({ isJson: true, value: { length: bytes.length }, id: undefined }),
  answer: async (reading, { judge }) => {
    judge(message)
    return { kind: 'handshake', body: (reading.isJson ? reading.value : {}) as never, message }
  },
  unanswered: () => undefined,
  answerBatch: async reading => ({ kind: 'batch', body: { batch: reading.isJson && reading.value } as never }),
}

/** Answers in another way than by measuring. */
const answering = (answer: Exchange['answer']): Exchange => ({ ...measure, answer })

const readCard: Page['answer'] = request => {
  if (!isReading(request)) throw new SageError('method_not_allowed', 'not here')
  return cardAnswer({ card: true })
}

const MAX = 65_536

const start = async (change: Partial<ListenerOptions> = {}) => {
  const faults: unknown[] = []
  const listener = await listen({
    parts: httpParts,
    host: '127.0.0.1',
    port: 0,
    messagesPath: '/messages',
    maxMessageBytes: MAX,
    maxRequests: 10,
    requestTimeoutMs: 10_000,
    frontGuards,
    httpGuards,
    wire: honestWire,
    detailOf,
    pages: new Map([[CARD_PATH, { kind: 'card', answer: readCard }]]),
    exchange: measure,
    fault: error => faults.push(error),
    ...change,
  })
  return { ...listener, faults, [Symbol.asyncDispose]: () => listener.close({ drainMs: 0 }) }
}

type Running = Awaited<ReturnType<typeof start>>

interface Raw {
  readonly text: string
  readonly status: number
  readonly body: string
  /** Was the connection ended by a reset? */
  readonly reset: boolean
}

/** Writes bytes on a connection of its own and reads until the other side ends it. */
const raw = (on: Running, write: (socket: Socket) => void): Promise<Raw> =>
  new Promise(resolve => {
    const socket = connect(on.address.port, '127.0.0.1', () => write(socket))
    let text = ''
    let reset = false
    socket.on('data', data => (text += data.toString('latin1'))).on('error', () => (reset = true))
    socket.on('close', () => {
      const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0)
      resolve({ text, status, body: text.split('\r\n\r\n')[1] ?? '', reset })
    })
  })

const head = (lines: string[], start = 'POST /messages HTTP/1.1'): string =>
  [start, 'Host: localhost', 'Connection: close', ...lines, '', ''].join('\r\n')

const JSON_TYPE = 'Content-Type: application/json'

/** One POST with these header lines. */
const send = (on: Running, lines: string[], body = '{}', start?: string): Promise<Raw> =>
  raw(on, socket => socket.write(head([...lines, `Content-Length: ${body.length}`], start) + body))

const codeOf = ({ body }: Raw): unknown => (JSON.parse(body) as { error: unknown }).error

const isAlive = async (t: Test, on: Running): Promise<void> => {
  t.match(await send(on, [JSON_TYPE]), { status: 200, body: '{"length":2}' }, 'the listener lives')
  t.same(on.faults, [])
}

t.test('the media type is application/json, at most with charset=utf-8', async t => {
  await using on = await start()
  for (const type of [
    'application/json',
    'Application/JSON',
    'application/json;charset=UTF-8',
    'application/json ; charset="utf-8"',
  ])
    t.equal((await send(on, [`Content-Type: ${type}`])).status, 200, type)
  const wrong = [
    'text/plain',
    'application/json; charset=latin1',
    'application/json; v=1',
    'application/jsonx',
    'application/json,text/plain',
  ]
  for (const lines of [
    ...wrong.map(type => [`Content-Type: ${type}`]),
    [],
    [JSON_TYPE, JSON_TYPE],
    [JSON_TYPE, 'Content-Encoding: identity'],
    [JSON_TYPE, 'Content-Encoding: gzip'],
  ]) {
    const answer = await send(on, lines)
    t.equal(answer.status, 415, lines.join())
    t.equal(codeOf(answer), 'unsupported_media_type')
  }
  await isAlive(t, on)
})

t.test('another method gets Allow, on either path; another path gets 404 and nothing', async t => {
  await using on = await start()
  for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    const answer = await send(on, [JSON_TYPE], '', `${method} /messages HTTP/1.1`)
    t.match(answer, { status: 405, text: /\r\nallow: POST\r\n/i })
    t.equal(codeOf(answer), 'method_not_allowed')
  }
  t.match(await send(on, [JSON_TYPE], '{}', 'POST /.well-known/sage.json HTTP/1.1'), {
    status: 405,
    text: /\r\nallow: GET, HEAD\r\n/i,
  })
  t.match(await send(on, [], '', 'GET /.well-known/sage.json HTTP/1.1'), { status: 200, body: '{"card":true}' })
  t.match(await send(on, [], '', 'HEAD /.well-known/sage.json HTTP/1.1'), { status: 200, body: '' })
  for (const path of ['/', '/messages/', '/Messages', '/x/../messages', '//messages', '*'])
    t.match(await send(on, [JSON_TYPE], '{}', `POST ${path} HTTP/1.1`), { status: 404, body: '' }, path)
  for (const path of ['/messages?x=1', 'http://localhost/messages'])
    t.equal((await send(on, [JSON_TYPE], '{}', `POST ${path} HTTP/1.1`)).status, 200, path)
  await isAlive(t, on)
})

t.test('a header that repeats the body agrees with it, once', async t => {
  await using on = await start()
  const right = [
    'X-SAGE-DID: did:x:a',
    'X-Sage-Message-Id: message-1',
    'X-SAGE-Context-ID: context-1',
    'X-SAGE-Task-ID: task/1',
  ]
  t.equal((await send(on, [JSON_TYPE, ...right, 'X-SAGE-Meta-A: b', 'X-SAGE-Other: c'])).status, 200)
  for (const line of right) {
    for (const lines of [[`${line}x`], [line, line], [`${line.split(':')[0]}: `]]) {
      const answer = await send(on, [JSON_TYPE, ...lines])
      t.equal(codeOf(answer), 'malformed', lines.join())
      t.equal(answer.status, 400)
    }
  }
})

t.test('every answer to a message is JSON and not to be stored', async t => {
  await using on = await start()
  for (const lines of [[JSON_TYPE], [], [JSON_TYPE, 'X-SAGE-DID: did:x:b']])
    t.match((await send(on, lines)).text, /content-type: application\/json\r\ncache-control: no-store\r\n/)
})

t.test('a body of the limit is taken, one byte more is not, announced or not', async t => {
  await using on = await start()
  t.match(await send(on, [JSON_TYPE], 'x'.repeat(MAX)), { status: 200, body: `{"length":${MAX}}` })
  const chunked = (length: number): string =>
    `${head([JSON_TYPE, 'Transfer-Encoding: chunked'])}${length.toString(16)}\r\n${'x'.repeat(length)}\r\n`
  t.match(await raw(on, socket => socket.write(`${chunked(MAX)}0\r\n\r\n`)), { status: 200, body: `{"length":${MAX}}` })
  for (const write of [
    (socket: Socket) => socket.write(head([JSON_TYPE, `Content-Length: ${MAX + 1}`])),
    (socket: Socket) => socket.write(chunked(MAX + 1)),
    (socket: Socket) => socket.write(head([JSON_TYPE, 'Content-Length: 9999999999999'])),
  ]) {
    const answer = await raw(on, write)
    t.match(answer, { status: 413, text: /\r\nconnection: close\r\n/i, reset: false })
    t.equal(codeOf(answer), 'payload_too_large')
  }
  await isAlive(t, on)
})

t.test('a refusal for its size ends the connection, even one that was to be kept alive', async t => {
  await using on = await start()
  for (const { length, piece } of [
    { length: MAX + 1, piece: MAX + 1 },
    { length: MAX + 1, piece: 1000 },
  ]) {
    const pieces = Array.from({ length: Math.ceil(length / piece) }, (_, i) => Math.min(piece, length - i * piece))
    const chunks = pieces.map(size => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`)
    const keptAlive = `POST /messages HTTP/1.1\r\nHost: localhost\r\n${JSON_TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n`
    const answer = await raw(on, socket => socket.write(`${keptAlive}${chunks.join('')}0\r\n\r\n`))
    t.match(answer, { status: 413, text: /\r\nconnection: close\r\n/i, reset: false })
  }
  t.equal(
    replyAnswer({ kind: 'error', body: { success: false, error: 'payload_too_large' } }).headers['connection'],
    'close',
  )
  await isAlive(t, on)
})

t.test('who sends too much reads the refusal, however much is still under way', async t => {
  await using on = await start()
  for (let i = 0; i < 5; i++) {
    const answer = await raw(on, socket => {
      socket.write(head([JSON_TYPE, 'Content-Length: 30000000']))
      socket.write(Buffer.alloc(30_000_000))
    })
    t.match(answer, { status: 413, reset: false })
  }
  await isAlive(t, on)
})

t.test('a body in pieces of one byte is a body', async t => {
  await using on = await start()
  const body = '1\r\nx\r\n'.repeat(20_000)
  const answer = await raw(on, socket =>
    socket.write(`${head([JSON_TYPE, 'Transfer-Encoding: chunked'])}${body}0\r\n\r\n`),
  )
  t.match(answer, { status: 200, body: '{"length":20000}' })
})

t.test('who waits to be told to go on is told, or refused first', async t => {
  await using on = await start()
  const expecting = (length: number): string => head([JSON_TYPE, 'Expect: 100-continue', `Content-Length: ${length}`])
  const answer = await raw(on, socket => {
    socket.once('data', () => socket.write('{}'))
    socket.write(expecting(2))
  })
  t.match(answer.text, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /)
  t.equal((await raw(on, socket => socket.write(expecting(MAX + 1)))).status, 413)
})

t.test('bytes that are no request get 400 in JSON, and the connection ends', async t => {
  await using on = await start()
  const garbage = [
    '\x00\x01\x02\x03\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'GET /messages HTTP/9.9\r\n\r\n',
    head([JSON_TYPE, 'Content-Length: 99999999999999999999']),
    head([JSON_TYPE, 'Content-Length: 2', 'Transfer-Encoding: chunked']) + '2\r\n{}\r\n0\r\n\r\n',
    head([JSON_TYPE, 'Transfer-Encoding: chunked', 'Content-Length: 2']) + '2\r\n{}\r\n0\r\n\r\n',
    head([JSON_TYPE, 'Content-Length: 2', 'Content-Length: 3']) + '{}',
    head([JSON_TYPE, 'Content-Length: -1']) + '{}',
    head([JSON_TYPE, 'Transfer-Encoding: chunked']) + 'zz\r\n',
  ]
  for (const bytes of garbage) {
    const answer = await raw(on, socket => socket.write(Buffer.from(bytes, 'latin1')))
    t.equal(answer.status, 400, JSON.stringify(bytes))
    t.equal(codeOf(answer), 'malformed')
    t.notMatch(answer.text, /at .*\.js/)
  }
  t.match(
    (await raw(on, socket => socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`)))
      .status,
    400,
  )
  await isAlive(t, on)
})

t.test('a request that does not arrive in time ends its connection', async t => {
  await using on = await start({ requestTimeoutMs: 100 })
  const slow = ['', 'POST /messages HTTP/1.1\r\nHost: loc', head([JSON_TYPE, 'Content-Length: 10']) + '{']
  const answers = await Promise.all(slow.map(bytes => raw(on, socket => socket.write(bytes))))
  for (const { status, reset } of answers) t.match({ status, reset }, { status: 408, reset: false })
  await isAlive(t, on)
})

t.test('who goes away is forgotten, and whoever works for them is told', async t => {
  let leave = (): void => undefined
  const told: boolean[] = []
  await using on = await start({
    exchange: answering(async (_reading, { signal }) => {
      leave()
      await new Promise(resolve => signal().addEventListener('abort', resolve))
      told.push(signal().aborted)
      return { kind: 'handshake', body: {} as never, message }
    }),
  })
  await raw(on, socket => {
    socket.write(head([JSON_TYPE, 'Content-Length: 10']) + '{', () => socket.destroy())
  })
  await raw(on, socket => {
    leave = () => socket.destroy()
    socket.write(head([JSON_TYPE, 'Content-Length: 2']) + '{}')
  })
  while (told.length === 0) await new Promise(resolve => setImmediate(resolve))
  t.same(told, [true])
  t.same(on.faults, [])
})

t.test('on a loopback address only a loopback name is served', async t => {
  await using on = await start()
  const request = (host: string): Promise<Raw> =>
    raw(on, socket => socket.write(`GET /.well-known/sage.json HTTP/1.1\r\n${host}Connection: close\r\n\r\n`))
  for (const host of ['localhost', 'LOCALHOST:80', '127.0.0.1', '127.1.2.3:9', '[::1]', '[::1]:80'])
    t.equal((await request(`Host: ${host}\r\n`)).status, 200, host)
  const foreign = [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.999',
    '10.0.0.1',
    'a@localhost',
    'x.localhost',
    'localhost.',
    'localhost:80:80',
    'localhost:x',
    '127.1',
    '127.0.0.01',
    '0.0.0.0',
    '[::2]',
    '[::ffff:127.0.0.1]',
    '::1',
    '',
  ]
  for (const host of foreign) t.equal((await request(`Host: ${host}\r\n`)).status, 400, host)
  t.equal((await request('')).status, 400)
  t.equal((await request('Host: localhost\r\nHost: evil.example\r\n')).status, 400)
})

t.test('an exception that nobody foresaw is internal, is reported, and says nothing', async t => {
  await using on = await start({
    exchange: answering(async () => {
      throw new Error('a secret of the inside')
    }),
  })
  const answer = await send(on, [JSON_TYPE])
  t.equal(answer.status, 500)
  t.equal(codeOf(answer), 'internal')
  t.notMatch(answer.text, 'secret')
  t.equal(on.faults.length, 1)
})

t.test('more requests at once than there may be are unavailable', async t => {
  let release = (): void => undefined
  const released = new Promise<void>(resolve => (release = resolve))
  await using on = await start({
    maxRequests: 2,
    exchange: answering(async (...asked) => released.then(() => measure.answer(...asked))),
  })
  const first = [send(on, [JSON_TYPE]), send(on, [JSON_TYPE])]
  const later = await Promise.all([send(on, [JSON_TYPE]), send(on, [JSON_TYPE])])
  const refused = later.filter(({ status }) => status === 503)
  t.equal(refused.length, 2)
  for (const answer of refused) t.match(answer.text, /\r\nretry-after: 1\r\n/i)
  release()
  t.same(
    (await Promise.all(first)).map(({ status }) => status),
    [200, 200],
  )
})

t.test('closing lets what runs finish, refuses what is new, and takes no longer than it may', async t => {
  let release = (): void => undefined
  const released = new Promise<void>(resolve => (release = resolve))
  const entered: (() => void)[] = []
  const on = await start({
    exchange: answering(async (...asked) => {
      entered.shift()?.()
      await released
      return measure.answer(...asked)
    }),
  })
  const isEntered = new Promise<void>(resolve => entered.push(resolve))
  const running = send(on, [JSON_TYPE])
  await isEntered
  // A request whose head arrives before and whose body arrives after closing began, on a connection kept alive.
  const kept = raw(on, socket => {
    socket.write('GET /.well-known/sage.json HTTP/1.1\r\nHost: localhost\r\n\r\nPOST /messages')
    socket.once('data', () => {
      closing = on.close({ drainMs: 10_000 })
      socket.write(` HTTP/1.1\r\nHost: localhost\r\n${JSON_TYPE}\r\nContent-Length: 2\r\n\r\n{}`)
    })
  })
  let closing: Promise<void> | undefined
  const refused = await kept
  t.match(refused.text, /HTTP\/1\.1 503 .*"unavailable"/s)
  t.match(await send(on, [JSON_TYPE]), { status: 503 }, 'on a new connection too')
  t.match(await send(on, [], '', 'GET /.well-known/sage.json HTTP/1.1'), { status: 200 }, 'pages are served')
  release()
  t.equal((await running).status, 200)
  await closing
  await t.rejects(new Promise((_resolve, reject) => connect(on.address.port, '127.0.0.1').on('error', reject)))
})

t.test('what else runs may go on before the listener ends', async t => {
  const on = await start()
  let release = (): void => undefined
  const closing = on.close({ drainMs: 10, until: new Promise<void>(resolve => (release = resolve)) })
  t.match(await send(on, [], '', 'GET /.well-known/sage.json HTTP/1.1'), { status: 200 })
  release()
  await closing
})

t.test('closing does not wait for ever', async t => {
  let signal: AbortSignal | undefined
  const on = await start({
    exchange: answering((_reading, arrival) => {
      signal = arrival.signal()
      return new Promise(() => undefined)
    }),
  })
  const running = send(on, [JSON_TYPE])
  while (signal === undefined) await new Promise(resolve => setImmediate(resolve))
  await on.close({ drainMs: 10 })
  t.equal(signal.aborted, true)
  t.equal((await running).status, 0)
})

t.test('the wire hook sees what an answer is about, and has the last word', async t => {
  const subjects: WireSubject[] = []
  await using on = await start({
    wire: (answer, about) => {
      subjects.push(about)
      return { ...answer, status: 299, headers: { ...answer.headers, 'x-more': '1' }, body: Buffer.from('other') }
    },
  })
  for (const [lines, start] of [
    [[JSON_TYPE]],
    [[]],
    [[], 'GET /.well-known/sage.json HTTP/1.1'],
    [[], 'GET /nothing HTTP/1.1'],
  ] as [string[], string?][])
    t.match(await send(on, lines, '', start), { status: 299, body: 'other', text: /\r\nx-more: 1\r\n/ })
  t.match(await raw(on, socket => socket.write('garbage\r\n\r\n')), { status: 299, body: 'other' })
  t.same(subjects, [
    { kind: 'handshake', message },
    { kind: 'error', code: 'unsupported_media_type' },
    { kind: 'card' },
    { kind: 'unknown-path' },
    { kind: 'error', code: 'malformed' },
  ])
})
