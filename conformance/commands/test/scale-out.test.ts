import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { noServer, startRedis } from '../../../reference/redis/test/redis-server.js'
import { rootPath } from '../../../schemas/index.js'
import { startResponder, type ResponderProcess } from '../responder-process.js'
import { startBalancer } from './balancer.js'

// Two processes of one identity behind a balancer that gives every connection to the other one, judged by the suite: it opens
// a connection for each exchange over HTTP, so that what one process has accepted is always asked of the other. Beside them
// one process alone, for the same checks: the verdicts are to be the same.
//
// Left out: metrics, which are of one process; ws.unread, because the buffers of the balancer take the answers that nobody
// reads. The latter is asked of one of the two, past the balancer.

const program = join(rootPath, 'conformance', 'bin', 'sage-conformance.js')

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

interface Verdict {
  readonly status: number | null
  readonly said: string
}

const judge = async (url: string, options: readonly string[]): Promise<Verdict> => {
  const child = spawn(process.execPath, [program, 'run', url, ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, said }
}

/** Each check with its verdict, over each transport. */
const verdictsIn = (path: string): string[] => {
  const { results } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly results: readonly { readonly check: string; readonly transport?: string; readonly state: string }[]
  }
  return results.map(({ check, transport = '', state }) => `${check} ${transport} ${state}`).sort()
}

const folder = mkdtempSync(join(tmpdir(), 'sage-scale-out-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}
const key = (byte: number): string => Buffer.alloc(32, byte).toString('base64url')
const identity = file('identity.json', JSON.stringify({ signing: key(1), kem: key(2) }))
const stateKeys = file('state-keys', `now ${key(3)}\n`)

const serve = (profile: string, ...more: readonly string[]): Promise<ResponderProcess> =>
  startResponder(process.execPath, [
    program,
    'serve',
    '--profile',
    profile,
    '--no-metrics',
    '--identity',
    identity,
    ...more,
  ])

/** Two processes behind a balancer, and what they share. */
const scaleOut = async (profile: string) => {
  const redis = await startRedis()
  const ports = [await freePort(), await freePort()]
  const balancer = await startBalancer(() => ports)
  const url = `http://127.0.0.1:${balancer.port}`
  const shared = ['--public-url', url, '--redis', redis.url, '--redis-new', '--state-key-file', stateKeys]
  const processes = await Promise.all(ports.map(port => serve(profile, '--port', String(port), ...shared)))
  const stop = async (): Promise<void> => {
    await Promise.all(processes.map(each => each.stop()))
    await balancer.close()
    await redis.stop()
  }
  return { url, ports, counts: balancer.counts, stop }
}

const judgeBoth = async (t: Test, profile: string, options: readonly string[]): Promise<readonly number[]> => {
  const together = await scaleOut(profile)
  t.teardown(() => together.stop())
  const alone = await serve(profile, '--port', '0')
  t.teardown(() => alone.stop())
  const reports = ['together', 'alone'].map(name => join(folder, `${profile}-${name}.json`)) as [string, string]
  const args = (path: string) => [...options, '--skip', 'ws.unread', '--report', `json=${path}`]
  const verdict = await judge(together.url, args(reports[0]))
  const other = await judge(alone.url, args(reports[1]))
  t.equal(verdict.status, 0, verdict.said)
  t.match(verdict.said, /^conformant: \d+ pass/m)
  t.equal(other.status, 0, other.said)
  t.same(verdictsIn(reports[0]), verdictsIn(reports[1]), 'the verdicts are those of one process alone')
  const [first = 0, second = 0] = together.counts
  t.ok(first > 100 && Math.abs(first - second) <= 1, 'half of the connections went to each')
  return together.ports
}

const only = (...rooms: readonly string[]): string[] => rooms.flatMap(room => ['--only', `${room}.*`])

const skip = noServer === undefined ? {} : { skip: noServer }

t.test('two processes that share what they know are as conformant as one, where limits are low', skip, async t => {
  // Few at once, for a busy machine: a session that is not confirmed in a second is over.
  await judgeBoth(t, 'low-limits', ['--patience', '6', '--jobs', '6', ...only('handshake', 'record', 'session')])
})

t.test('and with the limits that are the default', skip, async t => {
  const [port] = await judgeBoth(t, 'default', only('handshake', 'record', 'session', 'batch', 'stream'))
  const past = ['--ws', `ws://127.0.0.1:${port}/ws`, '--transport', 'ws', '--only', 'ws.unread']
  const { status, said } = await judge(`http://127.0.0.1:${port}`, past)
  t.equal(status, 0, said)
})
