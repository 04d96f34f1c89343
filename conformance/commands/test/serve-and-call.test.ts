import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { createIdentity, limitProfiles, serve } from '../../../reference/index.js'
import type { AgentCard } from '../../../schemas/index.js'
import { callCommand, type CallCommandOptions } from '../call.js'
import { readIdentity } from '../identity-file.js'
import { keygenCommand } from '../keygen.js'
import { serveCommand, type ServeCommandOptions } from '../serve.js'

/** Streams that remember what was written. */
const memory = () => {
  const written = { out: '', err: [] as string[] }
  return {
    written,
    streams: {
      out: (bytes: Uint8Array | string) => void (written.out += Buffer.from(bytes).toString()),
      err: (line: string) => void written.err.push(line),
    },
  }
}

const agent = await serve({ identity: createIdentity() })
t.teardown(() => agent.close())

const folder = mkdtempSync(join(tmpdir(), 'sage-identity-'))
t.teardown(() => rmSync(folder, { recursive: true }))

const file = (name: string, content: string, mode = 0o600): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  chmodSync(path, mode)
  return path
}

const identityFile = (content: string, mode?: number): string => file('identity.json', content, mode)
const directoryFile = (content: unknown): string => file('directory.json', JSON.stringify(content))

const key = (byte: number): string => Buffer.alloc(32, byte).toString('base64url')

const call = async (url: string, task: string, payload?: string, options?: CallCommandOptions) => {
  const { written, streams } = memory()
  return { status: await callCommand(url, task, payload, options, streams), ...written }
}

t.test('call prints the bytes of the answer, and the peer to the side', async t => {
  const { status, out, err } = await call(agent.url, 'sage/echo@v1', 'hello')
  t.equal(status, 0)
  t.equal(out, 'hello')
  t.match(err[0], agent.did)
  t.match(err[0], /URL alone/)
  const expected = await call(agent.url, 'sage/ping@v1', '', { did: agent.did, timeout: 5 })
  t.match(expected, { status: 0, out: '' })
  t.notMatch(expected.err[0], /URL alone/)
})

t.test('call goes over the transport that it is told, and says which it went over', async t => {
  await using both = await serve({ identity: createIdentity(), capabilities: { ws: true } })
  const webSocket = both.url.replace('http', 'ws')
  const ask = (url: string, options: CallCommandOptions = {}) => call(url, 'sage/echo@v1', 'hello', options)
  for (const [url, transport, used] of [
    [both.url, undefined, 'ws'],
    [both.url, 'http', 'http'],
    [both.url, 'ws', 'ws'],
    [webSocket, undefined, 'ws'],
    [agent.url, undefined, 'http'],
  ] as const) {
    const { status, out, err } = await ask(url, { transport })
    t.same({ status, out }, { status: 0, out: 'hello' })
    t.match(err[0], new RegExp(`, over ${used}$`))
  }
  await t.rejects(ask(both.url, { transport: 'tcp' }), { name: 'UsageError', message: /takes http or ws, not "tcp"$/ })
  t.match(await ask(webSocket, { transport: 'http' }), { status: 2, err: [/serves ws; those that are served: http/] })
  t.match(await ask(agent.url, { transport: 'ws' }), { status: 3, err: [/names no endpoint/] })
})

async function* pieces(...lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const length of lengths) yield new Uint8Array(length).fill(0x61)
}

t.test(
  'call --stream sends what is put in and writes the answer, in chunks over WebSocket, whole over HTTP',
  async t => {
    await using both = await serve({
      identity: createIdentity(),
      capabilities: { ws: true },
      streams: {
        'text/sizes@v1': async function* (chunks) {
          for await (const { length } of chunks) yield Buffer.from(`${length} `)
        },
      },
    })
    const ask = async (payload: string, input: AsyncIterable<Uint8Array>, options: CallCommandOptions) => {
      const { written, streams } = memory()
      const status = await callCommand(both.url, 'text/sizes@v1', payload, options, { ...streams, input })
      return { status, out: written.out }
    }
    const stream = true
    for (const transport of ['ws', 'http'])
      t.same(await ask('abc', pieces(), { transport, stream }), { status: 0, out: '3 ' }, transport)
    t.same(await ask('-', pieces(10, 40_000, 1), { transport: 'ws', stream }), { status: 0, out: '10 32768 7232 1 ' })
    t.same(await ask('-', pieces(10, 40_000, 1), { transport: 'http', stream }), { status: 0, out: '40011 ' })
    t.same(await ask('-', pieces(), { transport: 'ws', stream }), { status: 0, out: '' })
    t.match(await call(both.url, 'sage/ping@v1', 'x', { stream }), { status: 1, err: [/^peer/, /stream_violation/] })
    t.match(await call(agent.url, 'sage/echo@v1', 'x', { stream }), { status: 2, err: [/^peer/, /declare streams/] })
  },
)

t.test('call takes the payload of a plain request from what is put in too', async t => {
  const { written, streams } = memory()
  t.equal(await callCommand(agent.url, 'sage/echo@v1', '-', {}, { ...streams, input: pieces(3, 2) }), 0)
  t.equal(written.out, 'aaaaa')
})

t.test('call waits for whoever reads the answer', async t => {
  await using both = await serve({ identity: createIdentity(), capabilities: { ws: true, stream: true } })
  const { written, streams } = memory()
  const seen: string[] = []
  const drained = async (): Promise<void> => void seen.push(written.out)
  t.equal(
    await callCommand(both.url, 'sage/echo@v1', '-', { stream: true }, { ...streams, drained, input: pieces(1, 1) }),
    0,
  )
  t.same(seen, ['a', 'aa'])
})

t.test('call tells an authenticated error, a wrong argument and no answer apart', async t => {
  t.match(await call(agent.url, 'never/heard-of', 'x'), {
    status: 1,
    out: '',
    err: [String, 'error: task_unsupported'],
  })
  await t.rejects(call('nowhere', 'sage/ping@v1'), { name: 'UsageError', message: /^URL takes an absolute/ })
  t.match(await call('http://agents.example', 'sage/ping@v1'), { status: 2 })
  t.match(await call(agent.url, 'no task'), { status: 2 })
  t.match(await call(agent.url, 'sage/ping@v1', 'x', { did: createIdentity().did }), { status: 3 })
  t.match(await call('http://127.0.0.1:1', 'sage/ping@v1'), { status: 3 })
})

const serveUntil = async (options: ServeCommandOptions, signal?: NodeJS.Signals) => {
  const { written, streams } = memory()
  const running = serveCommand(options, {
    ...streams,
    out: bytes => {
      streams.out(bytes)
      if (signal !== undefined && written.out.split('\n').length === 3) setImmediate(() => process.emit(signal))
    },
  })
  return { status: await running, ...written }
}

t.test('serve says where and who it is, and ends in order on either signal', async t => {
  const path = identityFile(JSON.stringify({ signing: key(1), kem: key(2) }))
  const { did } = createIdentity({ signingKey: new Uint8Array(32).fill(1) })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const { status, out, err } = await serveUntil({ identity: path, name: 'Ada', echo: false }, signal)
    t.equal(status, 0)
    t.match(out, /^SAGE 1\.0 reference responder at http:\/\/127\.0\.0\.1:\d+\ndid: did:key:z\w+\n$/)
    t.ok(out.endsWith(`did: ${did}\n`))
    t.same(err, [])
  }
})

t.test('serve that cannot start says why in one line', async t => {
  const wrong: ServeCommandOptions[] = [
    { port: Number(new URL(agent.url).port) },
    { port: 70_000 },
    { host: '0.0.0.0' },
    { name: '' },
    { identity: join(folder, 'none.json') },
    { identity: identityFile('{') },
    { profile: 'no-limits' },
    { profile: 'toString' },
    { admitOnly: true },
    { directory: join(folder, 'none.json') },
    { directory: directoryFile({ 'did:web:a.example': 'no key' }) },
    { redisNew: true },
    { redis: 'redis://127.0.0.1:1' },
    { redis: 'http://127.0.0.1:1', stateKeyFile: file('state.keys', `now ${key(1)}`) },
    { redis: 'redis://:password@127.0.0.1:1', stateKeyFile: file('state.keys', `now ${key(1)}`) },
    { redis: 'redis://127.0.0.1:1', stateKeyFile: file('wrong.keys', `now ${key(1)} ${key(2)}`) },
    { redis: 'redis://127.0.0.1:1', stateKeyFile: join(folder, 'none.keys') },
    {
      redis: 'redis://127.0.0.1:1',
      stateKeyFile: file('state.keys', `now ${key(1)}`),
      redisPassword: join(folder, 'none'),
    },
  ]
  for (const options of wrong) {
    const { status, out, err } = await serveUntil(options)
    t.match({ status, out, lines: err.length }, { status: 2, out: '', lines: 1 }, JSON.stringify(options))
  }
})

t.test('an identity file holds two keys in their canonical form, and nobody else reads it', async t => {
  const warnings: string[] = []
  const read = (content: string, mode?: number) =>
    readIdentity(identityFile(content, mode), line => warnings.push(line))
  const identity = read(JSON.stringify({ signing: key(1), kem: key(2) }))
  t.same(identity.signing, new Uint8Array(32).fill(1))
  t.same(identity.kem, new Uint8Array(32).fill(2))
  t.same(warnings, [])
  for (const content of ['null', '[]', '{}', '{"signing":1,"kem":2}', `{"signing":"${key(1)}"}`])
    t.throws(() => read(content), { name: 'UsageError' }, content)
  t.throws(() => read(JSON.stringify({ signing: `${key(1)}=`, kem: key(2) })), { name: 'UsageError' })
  t.throws(() => read(JSON.stringify({ signing: key(1).slice(1), kem: key(2) })), { name: 'UsageError' })
  read(JSON.stringify({ signing: key(1), kem: key(2) }), 0o644)
  t.equal(warnings.length, 1)
})

t.test('keygen writes fresh keys that only their owner may read, and says the DID that they make', async t => {
  const path = join(folder, 'fresh.json')
  const keygen = (at: string) => {
    const { written, streams } = memory()
    return { status: keygenCommand(at, streams), ...written }
  }
  const { status, out, err } = keygen(path)
  t.match({ status, err }, { status: 0, err: [] })
  const { signing, kem } = readIdentity(path, () => t.fail('nobody else may read it'))
  t.equal(out, `${createIdentity({ signingKey: signing }).did}\n`)
  t.notSame(signing, kem)
  if (process.platform !== 'win32') t.equal(statSync(path).mode & 0o777, 0o600)

  const before = readFileSync(path, 'utf8')
  for (const at of [path, join(folder, 'no-such-folder', 'a.json'), folder])
    t.match(keygen(at), { status: 2, out: '', err: [/^sage-conformance: cannot write .* \(E[A-Z]+\)$/] }, at)
  t.equal(readFileSync(path, 'utf8'), before, 'what is there stays')
  t.notMatch(`${out}${err.join()}`, Buffer.from(signing).toString('base64url'))
})

/** Serves, does something with the agent that listens, and ends. */
const whileServing = async (options: ServeCommandOptions, use: (url: string) => Promise<void>) => {
  const { written, streams } = memory()
  let used: Promise<void> | undefined
  const status = await serveCommand(options, {
    ...streams,
    out: bytes => {
      streams.out(bytes)
      const url = /at (\S+)\ndid: \S+\n$/.exec(written.out)?.[1]
      if (url !== undefined) used = use(url).finally(() => process.emit('SIGTERM'))
    },
  })
  await used
  return { status, ...written }
}

t.test('serve takes its limits from a profile', async t => {
  const cardAt = async (url: string) => (await (await fetch(`${url}/.well-known/sage.json`)).json()) as AgentCard
  for (const profile of ['default', 'low-limits'] as const)
    await whileServing({ profile }, async url => {
      t.same((await cardAt(url)).limits, limitProfiles[profile])
    })
})

t.test('a directory says whose key is whose, and with --admit-only who may come', async t => {
  const path = join(folder, 'friend.json')
  keygenCommand(path, memory().streams)
  const friend = createIdentity({ signingKey: readIdentity(path, () => undefined).signing })
  const x = Buffer.from(friend.signingPublicKey).toString('base64url')
  const directory = directoryFile({ [friend.did]: x, 'did:web:a.example': x })
  await whileServing({ directory, admitOnly: true }, async url => {
    t.match(await call(url, 'sage/echo@v1', 'hello', { identity: path }), { status: 0, out: 'hello' })
    t.match(await call(url, 'sage/echo@v1', 'hello'), { status: 3, err: [/authentication_failed/] })
  })
  await whileServing({ directory }, async url => {
    t.match(await call(url, 'sage/echo@v1', 'hello', { directory }), { status: 0, out: 'hello' })
  })
  const wrong = directoryFile({ [friend.did]: key(1) })
  await t.rejects(call(agent.url, 'sage/ping@v1', '', { directory: wrong }), { name: 'UsageError' })
})
