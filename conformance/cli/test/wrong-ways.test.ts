import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import t from 'tap'
import { roomPath } from '../../../schemas/index.js'
import { listening } from '../../commands/test/listening.js'
import { createSelfSigned } from '../../commands/test/self-signed.js'
import { typed } from './as-typed.js'

// Every command, typed wrongly: one line that says what to do next, and the status of wrong usage.

t.test('a word that is not known is answered with the nearest one, and with where to read on', async t => {
  const cases: [said: RegExp, ...argv: string[]][] = [
    [/unknown command 'ran' \(Did you mean run\?\); see sage-conformance --help$/, 'ran'],
    [/unknown command 'chek' \(Did you mean check\?\); see sage-conformance vectors --help$/, 'vectors', 'chek'],
    [/unknown option '--onyl' \(Did you mean --only\?\); see sage-conformance run --help$/, 'run', '--onyl', 'x'],
    [/unknown option '--nope'; see sage-conformance vectors run --help$/, 'vectors', 'run', '--nope', '--', 'x'],
    [/option '--timeout <ms>' argument missing; see sage-conformance run --help$/, 'run', 'http://a', '--timeout'],
    [/missing required argument 'task'; see sage-conformance call --help$/, 'call', 'http://127.0.0.1:9'],
    [/too many arguments .*; see sage-conformance serve --help$/, 'serve', 'more'],
    [/no check is called recrod\.replay; there is record\.replay,/, 'run', 'http://a', '--only', 'recrod.replay'],
    [/no check of initiators is called own\.tag; there is /, 'run-client', '--only', 'own.tag', '--', 'x'],
    [/no vector is called hkfd; there is hkdf/, 'vectors', 'run', '--only', 'hkfd', '--', 'x'],
    [/recrod\.replay is no requirement and no check; there is record\.replay,/, 'explain', 'recrod.replay'],
  ]
  for (const [said, ...argv] of cases) {
    const { status, out, err } = await typed(t, ...argv)
    t.match({ status, out }, { status: 2, out: '' }, argv.join(' '))
    t.match(err.trimEnd(), said)
    t.match(err, /^sage-conformance: [^\n]*\n$/, 'one line')
  }
})

t.test('an address without its scheme is answered with one that has it', async t => {
  for (const [typedAs, meant] of [
    ['localhost:8080', 'http://localhost:8080'],
    ['agent.example', 'http://agent.example'],
    ['127.0.0.1:8080/agent', 'http://127.0.0.1:8080/agent'],
    ['[::1]:8080', 'http://[::1]:8080'],
  ] as const) {
    const { status, err } = await typed(t, 'run', typedAs)
    t.equal(status, 2)
    t.ok(err.endsWith(`; did you mean ${meant}?\n`), err)
  }
  for (const wrong of ['ftp://a', 'http://127.0.0.1:99999', 'help', 'http//a'])
    t.notMatch((await typed(t, 'run', wrong)).err, 'did you mean http://http', wrong)
  t.notMatch((await typed(t, 'run', 'me:secret@agent.example')).err, 'secret')
})

t.test('a file that is not there, is a folder, may not be read or is no JSON', async t => {
  const folder = t.testdir({ dir: {}, text: 'hello', empty: '', closed: '{}' })
  chmodSync(join(folder, 'closed'), 0)
  const isRoot = process.getuid?.() === 0
  const files: [name: string, said: RegExp][] = [
    ['none', /there is no such file or folder \(ENOENT\)$/],
    ['dir', /it is a folder \(EISDIR\)$/],
    ['text', /not JSON$/],
    ['empty', /not JSON$/],
    ['text/below', /\(ENOTDIR\)$/],
    ...(isRoot ? [] : [['closed', /this user is not allowed to \(EACCES\)$/] as [string, RegExp]]),
  ]
  for (const [name, said] of files)
    for (const argv of [['verify'], ['report'], ['run', 'http://a', '--baseline']]) {
      const { status, err } = await typed(t, ...argv, join(folder, name))
      t.equal(status, 2)
      t.match(err.trimEnd(), said, `${argv[0]} ${name}`)
    }
  chmodSync(join(folder, 'closed'), 0o600)
})

t.test('a file of another kind is called by its kind', async t => {
  const baseline = { baseline: 'sage-conformance/1', known: [] }
  const identity = { signing: 'private', kem: 'private' }
  const folder = t.testdir({
    'baseline.json': JSON.stringify(baseline),
    'identity.json': JSON.stringify(identity),
    'report.json': JSON.stringify({ report: 'sage-conformance/1', command: 'vectors run' }),
  })
  const vectors = roomPath('vectors', 'hkdf.json')
  const cases: [said: RegExp, ...argv: string[]][] = [
    [/it is not a report but a baseline, for run --baseline$/, 'verify', join(folder, 'baseline.json')],
    [/it is not a report but an identity, for --identity$/, 'report', join(folder, 'identity.json')],
    [/it is not a report but a file of vectors, for vectors check$/, 'verify', vectors],
    [/is no baseline but a report of vectors run; .*$/, 'run', 'http://a', '--baseline', join(folder, 'report.json')],
    [/is no baseline but an identity, /, 'run', 'http://a', '--baseline', join(folder, 'identity.json')],
  ]
  for (const [said, ...argv] of cases) {
    const { status, err } = await typed(t, ...argv)
    t.equal(status, 2)
    t.match(err.trimEnd(), said)
    t.notMatch(err, 'private')
  }
  const checked = await typed(t, 'vectors', 'check', join(folder, 'baseline.json'))
  t.match(checked, { status: 1, out: /not a vector file but a baseline/ })
})

t.test('a target that is not what it was taken for is told so', async t => {
  const plain = await listening(
    t,
    createServer((_q, a) => a.end()),
  )
  const { cert, key } = createSelfSigned()
  const secure = createTlsServer({ cert, key: key.export({ format: 'pem', type: 'pkcs8' }) })
  secure.on('tlsClientError', () => undefined)
  const behindTls = await listening(t, secure)
  const cases: [url: string, said: RegExp][] = [
    ['http://127.0.0.1:9', /\(ECONNREFUSED\): nothing listens there; is the agent started, and is the port right\?/],
    [`https://${plain}`, /it does not speak TLS; is it http\?/],
    [`http://${behindTls}`, /cannot be reached/],
    [`http://${plain}`, /no agent card at .*is this where the agent is\?/],
  ]
  for (const [url, said] of cases) {
    const { status, out } = await typed(t, 'run', url, '--timeout', '3000')
    t.equal(status, 3, url)
    t.match(out, said)
  }
  t.match(await typed(t, 'call', 'http://127.0.0.1:9', 'sage/ping@v1'), { status: 3, err: /is the agent started/ })
  t.match(await typed(t, 'call', 'http://agent.example', 'sage/ping@v1'), { status: 2, err: /--insecure/ })
})

t.test('a port that is taken, an address that is not here', async t => {
  const port = (await listening(t, createServer())).split(':').at(-1) ?? ''
  t.match(await typed(t, 'serve', '--port', port), { status: 2, err: /another program has this port: --port 0/ })
  t.match(await typed(t, 'serve', '--host', '192.0.2.1', '--public-url', 'https://a.example'), {
    status: 2,
    err: /--host/,
  })
})

t.test('what is very long or cannot be shown is cut, and shown as letters', async t => {
  const long = 'x'.repeat(100_000)
  for (const argv of [
    ['explain', long],
    ['run', 'http://a', '--only', long],
    ['run', long],
    ['run', 'http://a', '--jobs', long],
    ['run', 'http://a', '--report', long],
    ['vectors', 'run', '--only', long, '--', 'x'],
    ['vectors', 'run', '--', long],
    ['help', long],
  ]) {
    const { status, err } = await typed(t, ...argv)
    t.equal(status, 2, argv[0] ?? '')
    t.ok(err.length < 1000, `${argv.slice(0, 2).join(' ').slice(0, 40)}: ${err.length} characters`)
  }
  const { err } = await typed(t, 'explain', 'größer\u001b[2J')
  t.match(err, 'größer\\u001b[2J')
})

t.test('keygen does not write over anything, and says so', async t => {
  const path = join(t.testdir({}), 'there')
  writeFileSync(path, 'kept')
  t.match(await typed(t, 'keygen', path), {
    status: 2,
    err: /it is there already, and nothing is written over \(EEXIST\)/,
  })
})
