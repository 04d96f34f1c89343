import t, { type Test } from 'tap'
import { hostileServers } from '../hostile-servers.js'
import { judgeHostile, runSuite, type SuiteEnd } from '../judge-hostile.js'

// Against whatever is hostile the suite ends by itself, says so with one of its own exit statuses, keeps its memory bounded,
// and leaves the terminal alone.

const PATIENCE_MS = 60_000
// A process of Node with the suite in it has 90 MiB, and the longest body that is read 64.
const MOST_RSS = 400 * 2 ** 20
const AT_ONCE = 4

const orderly = (t: Test, name: string, { status, peakRss, controls, said }: SuiteEnd, ...wanted: number[]): void => {
  t.ok(
    status !== undefined && wanted.includes(status),
    `${name} ends with ${wanted.join(' or ')}, not ${status}: ${said}`,
  )
  t.ok(peakRss > 0 && peakRss < MOST_RSS, `${name}: ${Math.round(peakRss / 2 ** 20)} MiB`)
  t.strictSame(controls, [], `${name}: no control characters`)
}

t.test('a hostile server comes to a verdict, or to one line that there is none', async t => {
  const left = [...hostileServers]
  const options = ['--only', 'task.ping', '--only', 'ws.ping', '--only', 'record.replay']
  const line = async (): Promise<void> => {
    for (let server = left.pop(); server !== undefined; server = left.pop())
      orderly(t, server.name, await judgeHostile(server, PATIENCE_MS, options), 1, 3)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, line))
})

const script = (text: string): string[] => ['--', process.execPath, '-e', text]
const forever = `const more = () => { while (out.write(text)); }; out.on('drain', more); more()`

/** Programs that stand where a core or a client is due. */
const programs: Readonly<Record<string, readonly string[]>> = {
  'a line without end': script(`const out = process.stdout, text = 'a'.repeat(65536); ${forever}`),
  'lines without end': script(`const out = process.stdout, text = '{}\\n'.repeat(1000); ${forever}`),
  'errors without end': script(`const out = process.stderr, text = '\\u001b[31mno\\u0007\\n'.repeat(1000); ${forever}`),
}

t.test('a hostile core or client fails, and nothing else happens', async t => {
  for (const [name, command] of Object.entries(programs)) {
    const core = ['vectors', 'run', '--only', 'hkdf/rfc5869-1', '--timeout', '2000', ...command]
    orderly(t, `core with ${name}`, await runSuite(core, PATIENCE_MS), 1, 3)
    const client = ['run-client', '--only', 'card.version', '--transport', 'http', '--timeout', '2000', ...command]
    orderly(t, `client with ${name}`, await runSuite(client, PATIENCE_MS), 1, 3)
  }
})

t.test('what runs for too long is ended, and seen to have been', async t => {
  const stuck = { name: 'stuck', answer: () => undefined }
  t.equal((await judgeHostile(stuck, 1)).status, undefined)
})
