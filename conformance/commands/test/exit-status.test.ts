import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { connect, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import t, { type Test } from 'tap'
import { roomPath, type Report } from '../../../schemas/index.js'
import { checks } from '../../checks/index.js'
import { main } from '../../cli.js'
import { accepts, type Check } from '../../runner/check.js'
import { startResponder } from '../responder-process.js'
import { listening } from './listening.js'
import { createSelfSigned } from './self-signed.js'

// Every exit status by each of its causes: the status, the line that names the cause, and a report that says the same.

/** What a command says and returns. */
const command = async (t: Test, ...argv: string[]) => {
  let [out, err] = ['', '']
  const streams = [
    t.capture(process.stdout, 'write', (text: string | Uint8Array) => ((out += String(text)), true)),
    t.capture(process.stderr, 'write', (text: string | Uint8Array) => ((err += String(text)), true)),
  ]
  try {
    return { status: await main(argv), ...{ out, err } }
  } finally {
    for (const { restore } of streams) restore()
  }
}

let runs = 0

/** A run with a report, and with little patience. */
const run = async (t: Test, url: string, ...options: string[]) => {
  if (!existsSync(t.testdirName)) t.testdir({})
  const path = join(t.testdirName, `report-${runs++}.json`)
  const ended = await command(t, 'run', url, '--timeout', '300', '--report', `json=${path}`, ...options)
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  return { ...ended, report: text === '' ? undefined : (JSON.parse(text) as Report) }
}

const web = async (t: Test, answer: RequestListener): Promise<string> =>
  `http://${await listening(t, createServer(answer))}/`
const tcp = async (t: Test, onConnection: (socket: Socket) => void): Promise<string> =>
  `http://${await listening(t, createTcpServer(onConnection))}/`

const dripping = (socket: Socket): void => {
  const timer = setInterval(() => socket.write('H'), 20)
  socket.on('close', () => clearInterval(timer))
}

const endless = (socket: Socket): void => {
  const more = (): void => {
    while (socket.writable && socket.write(Buffer.alloc(65_536, 'a')));
  }
  socket.once('data', () => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n')
    socket.on('drain', more)
    more()
  })
}

t.test('3: there is nobody, or nobody who speaks SAGE, and one line says so', async t => {
  const { cert, key } = createSelfSigned()
  const secure = createTlsServer({ cert, key: key.export({ format: 'pem', type: 'pkcs8' }) })
  secure.on('tlsClientError', () => undefined)
  const cases: [name: string, url: string, why: RegExp][] = [
    ['nobody', 'http://127.0.0.1:9/', /cannot be reached \(ECONNREFUSED\)/],
    ['a name that is none', 'http://nobody.invalid/', /cannot be reached/],
    ['silence', await tcp(t, () => undefined), /does not answer in time/],
    ['a drip', await tcp(t, dripping), /does not answer in time|no HTTP/],
    ['noise', await tcp(t, socket => socket.end('SSH-2.0-x\r\n\r\n')), /cannot be reached \(no HTTP/],
    ['random bytes', await tcp(t, socket => socket.end(Buffer.alloc(100_000, 0xf3))), /cannot be reached/],
    ['a slammed door', await tcp(t, socket => socket.destroy()), /cannot be reached/],
    ['a body without end', await tcp(t, endless), /cannot be reached \(a body beyond what the suite reads\)/],
    ['a plain web server', await web(t, (_q, a) => a.end('<h1>hello</h1>')), /no agent card at .* \(HTTP 200\)/],
    ['a server without the path', await web(t, (_q, a) => a.writeHead(404).end()), /no agent card at .* \(HTTP 404\)/],
    ['other JSON', await web(t, (_q, a) => a.end('{"hello":1}')), /no agent card/],
    [
      'a certificate of its own',
      `https://${await listening(t, secure)}/`,
      /shows a certificate that is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\): --ca FILE .*--insecure/,
    ],
  ]
  for (const [name, url, why] of cases) {
    const { status, out, report } = await run(t, url)
    t.equal(status, 3, name)
    t.match(out, why, name)
    t.match(out, /^[^\n]*\n$/, 'one line')
    t.match(report, { verdict: 'incomplete', exitStatus: 3, results: [], problem: why }, name)
  }
})

t.test('3: a redirection is not followed, and nobody else is told the token', async t => {
  let asked = 0
  const other = await web(t, (_q, a) => void (asked++, a.end()))
  const url = await web(t, (_q, a) => a.writeHead(301, { location: other }).end())
  const token = join(t.testdir({ token: 'a-token-for-one-host' }), 'token')
  const { status, out } = await command(t, 'run', url, '--metrics-token', token)
  t.equal(status, 3)
  t.match(out, /no agent card at .* \(HTTP 301\)/)
  t.equal(asked, 0)
})

const program = roomPath('conformance', 'bin', 'sage-conformance.js')
const agent = await startResponder(process.execPath, [program, 'serve'])
t.teardown(() => agent.stop())

/** The reference behind a server that may see, and end, every connection to it: the words that have it judged there. */
const behind = async (
  t: Test,
  scheme: 'http' | 'https',
  server: Server,
  onConnection: () => void = () => undefined,
) => {
  const url = `${scheme}://${await listening(t, server)}`
  server.on(scheme === 'https' ? 'secureConnection' : 'connection', (socket: Socket) => {
    const onwards = connect(Number(new URL(agent.url).port), '127.0.0.1')
    onwards.on('error', () => socket.destroy())
    socket.on('close', () => onwards.destroy()).on('error', () => undefined)
    socket.pipe(onwards).pipe(socket)
    onConnection()
  })
  return [url, '--http', url, '--transport', 'http'] as const
}

t.test('0: conformant, over TLS too where the certificate is known or need not be', async t => {
  const { cert, key } = createSelfSigned()
  const secure = createTlsServer({ cert, key: key.export({ format: 'pem', type: 'pkcs8' }) })
  secure.on('tlsClientError', () => undefined)
  const ca = join(t.testdir({ ca: cert }), 'ca')
  const [url, ...options] = await behind(t, 'https', secure)
  const only = ['--only', 'task.ping', '--timeout', '5000']
  for (const trust of [['--ca', ca], ['--insecure']]) {
    const { status, out, report } = await run(t, url, ...options, ...only, ...trust)
    t.equal(status, 0, out)
    t.match(report, { verdict: 'conformant', exitStatus: 0 })
  }
  t.equal((await run(t, url, ...options, ...only)).status, 3, 'and not otherwise')
})

t.test('1: a requirement that does not hold', async t => {
  const url = await web(t, (_q, a) => a.setHeader('content-type', 'application/json').end('{"sage":"1.0"}'))
  const { status, out, report } = await run(t, url)
  t.equal(status, 1)
  t.match(out, /^fail {2}card\.acceptable over http/m)
  t.match(out, /^not conformant:/m)
  t.match(report, { verdict: 'not conformant', exitStatus: 1 })
})

t.test('2: wrong usage is one line, and nothing is sent or written', async t => {
  let asked = 0
  const url = await web(t, (_q, a) => void (asked++, a.end()))
  const folder = t.testdir({ text: 'hello', dir: {} })
  const cases: [why: RegExp, ...argv: string[]][] = [
    [/unknown command 'ran'/, 'ran', url],
    [/missing required argument 'url'/, 'run'],
    [/too many arguments/, 'run', url, url],
    [/unknown option '--nope'/, 'run', url, '--nope'],
    [/argument missing/, 'run', url, '--only'],
    [/no check is called nope/, 'run', url, '--only', 'nope'],
    [/no check is called nope\*/, 'run', url, '--skip', 'nope*'],
    [/leave no check/, 'run', url, '--only', 'task.ping', '--skip', 'task.*'],
    [/leave no check/, 'run', url, '--skip', '*'],
    [/no check that is selected is made over http/, 'run', url, '--transport', 'http', '--only', 'ws.ping'],
    [/--jobs takes a whole number from 1 to 64/, 'run', url, '--jobs', '65'],
    [/--patience takes a whole number/, 'run', url, '--patience', '1e9'],
    [/--patience takes a whole number/, 'run', url, '--patience', '1000000000'],
    [/--timeout takes a whole number/, 'run', url, '--timeout', '99999999999999999999'],
    [/--seed takes an even number/, 'run', url, '--seed', 'abc'],
    [/--salt takes an even number/, 'run', url, '--salt', ''],
    [/--ca takes a file with certificates/, 'run', url, '--ca', join(folder, 'text')],
    [/--ca: cannot read/, 'run', url, '--ca', join(folder, 'none')],
    [/cannot write .* \(ENOENT\)/, 'run', url, '--report', `json=${join(folder, 'none', 'x')}`],
    [/cannot write .* \(EISDIR\)/, 'run', url, '--report', `json=${join(folder, 'dir')}`],
    [/takes FORMAT=FILE/, 'run', url, '--report', 'xml=x'],
    [/two reports cannot both be written to/, 'run', url, '--report', 'json=-', '--report', 'tap=-'],
    [/cannot be started/, 'run-client', '--', join(folder, 'none')],
    [/missing required argument 'command'/, 'run-client'],
    [/cannot read/, 'verify', join(folder, 'none')],
    [/it is not JSON/, 'verify', join(folder, 'text')],
  ]
  for (const [why, ...argv] of cases) {
    const { status, out, err } = await command(t, ...argv)
    t.equal(status, 2, argv.join(' '))
    t.match(err, why)
    t.match(err, /^sage-conformance: [^\n]*\n$/, 'one line')
    t.equal(out, argv[0] === 'run-client' && argv.length > 1 ? out : '')
  }
  t.equal(asked, 0)
})

t.test(
  'an option that is repeated counts as it was said last, and a check that is named twice is made once',
  async t => {
    const options = ['--transport', 'http', '--timeout', '5000', '--only', 'task.ping', '--only', 'task.*']
    const again = await run(t, agent.url, '--jobs', '65', '--jobs', '1', ...options)
    t.equal(again.status, 0, again.out)
    t.equal(again.report?.run.jobs, 1)
    const ids = again.report?.results.map(({ check }) => check) ?? []
    t.equal(new Set(ids).size, ids.length)
  },
)

t.test('3: a target that dies or falls silent on the way', async t => {
  const ends: Record<string, (server: Server, sockets: ReadonlySet<Socket>) => void> = {
    dies: (server, sockets) => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
    'falls silent': (server, sockets) => {
      for (const socket of sockets) socket.unpipe().removeAllListeners('data')
    },
  }
  for (const [name, end] of Object.entries(ends)) {
    const server = createTcpServer()
    const sockets = new Set<Socket>()
    server.on('connection', socket => sockets.add(socket))
    let connections = 0
    const [url, ...options] = await behind(t, 'http', server, () => {
      if (++connections >= 40) end(server, sockets)
    })
    const { status, out, report } = await run(t, url, ...options, '--only', 'record.*', '--only', 'session.*')
    t.equal(status, 3, `${name}: ${out}`)
    t.match(out, /^blocked {2}\d+ checks?: the target stopped answering$/m)
    t.match(out, /^incomplete:/m)
    t.match(report, { verdict: 'incomplete', exitStatus: 3 })
  }
})

t.test('4: a fault of the suite, be it a check that throws', async t => {
  const throwing = accepts('task.ping', { variant: 'broken', run: () => Promise.reject(new TypeError('oops')) })
  const suite = checks as Check[]
  suite.push(throwing)
  t.teardown(() => suite.splice(suite.indexOf(throwing), 1))
  const { status, out, report } = await run(t, agent.url, '--only', 'task.ping/broken', '--transport', 'http')
  t.equal(status, 4)
  t.match(out, /^error {2}task\.ping\/broken over http \(suite-fault\)$/m)
  t.match(out, /observed: {2}TypeError: oops/)
  t.match(out, /^suite error:/m)
  t.match(report, { verdict: 'suite error', exitStatus: 4 })
})

t.test('4: a report that cannot be written after all, and the others are', async t => {
  const { status, out, err, report } = await run(t, agent.url, '--only', 'task.ping', '--report', 'json=/dev/full')
  t.equal(status, 4)
  t.match(out, /^conformant:/m)
  t.equal(err, 'sage-conformance: --report: cannot write /dev/full: there is no room left (ENOSPC)\n')
  t.match(report, { verdict: 'conformant' })
})

t.test('as a process: what nobody caught is a fault of the suite, and no verdict', async t => {
  const throws = `process.on('newListener', name => name === 'uncaughtException' && setImmediate(() => { throw new Error('oops') }))`
  const preload = ['--import', `data:text/javascript,${encodeURIComponent(throws)}`]
  const child = spawn(process.execPath, [...preload, program, 'run', agent.url], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (text: Buffer) => (said += text.toString()))
  t.strictSame(await once(child, 'close'), [4, null])
  t.match(said, /^sage-conformance: a fault of the suite itself: Error: oops$/m)
})

t.test('as a process: interrupted, it reports what it has judged', async t => {
  const path = join(t.testdir({}), 'report.json')
  let connections = 0
  const [url, ...options] = await behind(t, 'http', createTcpServer(), () => {
    if (++connections === 40) child.kill('SIGINT')
  })
  const child = spawn(process.execPath, [program, 'run', url, ...options, '--report', `json=${path}`])
  let shown = ''
  child.stdout.on('data', (text: Buffer) => (shown += text.toString()))
  t.strictSame(await once(child, 'close'), [130, null])
  t.match(shown, /^blocked {2}\d+ checks: the run was interrupted$/m)
  const report = JSON.parse(readFileSync(path, 'utf8')) as Report
  t.match(report, { verdict: 'incomplete', exitStatus: 3 })
  t.ok(report.results.some(({ state }) => state === 'pass'))
})

t.test('as a process: when nobody reads what it shows, the report is written and says the same', async t => {
  const path = join(t.testdir({}), 'report.json')
  const child = spawn(process.execPath, [program, 'run', agent.url, '--report', `json=${path}`])
  child.stdout.destroy()
  let said = ''
  child.stderr.on('data', (text: Buffer) => (said += text.toString()))
  const [status] = (await once(child, 'close')) as [number]
  t.equal(said, '')
  t.equal((JSON.parse(readFileSync(path, 'utf8')) as Report).exitStatus, status)
  t.equal(status, 3)
})

t.test('as a process: the status of a usage error is that of the process', async t => {
  const child = spawn(process.execPath, [program, 'run', 'http://127.0.0.1:9/', '--only', 'nope'], { stdio: 'ignore' })
  t.strictSame(await once(child, 'exit'), [2, null])
})
