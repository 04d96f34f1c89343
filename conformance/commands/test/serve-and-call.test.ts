import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { createIdentity, serve } from '../../../reference/index.js'
import { callCommand, type CallCommandOptions } from '../call.js'
import { readIdentity } from '../identity-file.js'
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

const identityFile = (content: string, mode = 0o600): string => {
  const path = join(folder, 'identity.json')
  writeFileSync(path, content)
  chmodSync(path, mode)
  return path
}

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

t.test('call tells an authenticated error, a wrong argument and no answer apart', async t => {
  t.match(await call(agent.url, 'never/heard-of', 'x'), {
    status: 1,
    out: '',
    err: [String, 'error: task_unsupported'],
  })
  t.match(await call('nowhere', 'sage/ping@v1'), { status: 2 })
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
  t.same(identity.signingKey, new Uint8Array(32).fill(1))
  t.same(identity.kemKey, new Uint8Array(32).fill(2))
  t.same(warnings, [])
  for (const content of ['null', '[]', '{}', '{"signing":1,"kem":2}', `{"signing":"${key(1)}"}`])
    t.throws(() => read(content), { name: 'UsageError' }, content)
  t.throws(() => read(JSON.stringify({ signing: `${key(1)}=`, kem: key(2) })), { name: 'UsageError' })
  t.throws(() => read(JSON.stringify({ signing: key(1).slice(1), kem: key(2) })), { name: 'UsageError' })
  read(JSON.stringify({ signing: key(1), kem: key(2) }), 0o644)
  t.equal(warnings.length, 1)
})
