import { Ajv2020 } from 'ajv/dist/2020.js'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { Report } from '../../../schemas/index.js'
import type { Screen } from '../../report/console.js'
import { reportDigest } from '../../report/json.js'
import { runClientCommand, type RunClientCommandOptions } from '../run-client.js'
import { UsageError } from '../usage.js'

const validate = new Ajv2020({ strict: true, strictTypes: false }).compile<Report>(Report)

const dist = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const reference = [process.execPath, dist('reference/client-peer.js')]
const mutant = (name: string) => [process.execPath, dist('conformance/mutants/initiator/peer.js'), name]

const run = async (
  command: readonly string[],
  options: RunClientCommandOptions = {},
  signal = new AbortController().signal,
) => {
  let shown = ''
  const screen: Screen = { write: text => void (shown += text), isTerminal: false, colour: false, columns: 100 }
  const status = await runClientCommand(command, options, screen, signal)
  return { status, shown }
}

t.test('the reference, as a command, is conformant, and the report is one', async t => {
  const path = join(t.testdir({}), 'report.json')
  const { status, shown } = await run(reference, { only: ['card.version', 'record.replay'], report: [`json=${path}`] })
  t.equal(status, 0)
  t.match(shown, 'conformant: 11 pass')
  t.match(shown, 'http: 5 pass; ws: 6 pass; 4 checks over both: no verdict differs')
  const report: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (!validate(report)) throw new Error(JSON.stringify(validate.errors?.slice(0, 3)))
  t.equal(report.digest, reportDigest(report))
  t.match(report.target.url, 'client-peer.js')
})

t.test('a mutant, as a command, is not, and the check that finds it can be repeated', async t => {
  const { status, shown } = await run(mutant('initiator-omits-handshake-response-ts'), {
    only: ['handshake.response-ts'],
    transport: 'ws',
  })
  t.equal(status, 1)
  t.match(shown, 'fail  handshake.response-ts over ws (accepted)')
  t.match(shown, /again: +sage-conformance run-client --only handshake\.response-ts --transport ws -- \S+ \S+peer\.js/)
})

t.test('the failure of a command can be known', async t => {
  const known = [{ check: 'handshake.response-ts', transport: 'http', reasonCode: 'accepted' }]
  const path = join(t.testdir({ list: JSON.stringify({ baseline: 'sage-conformance/1', known }) }), 'list')
  const { status, shown } = await run(mutant('initiator-omits-handshake-response-ts'), {
    only: ['handshake.response-ts'],
    transport: 'http',
    baseline: path,
    failFast: true,
  })
  t.equal(status, 0, shown)
  t.match(shown, /^conformant but for 1 known failure:/m)
})

t.test('a command that does nothing is not conformant, and all else is blocked', async t => {
  const { status, shown } = await run([process.execPath, '-e', 'process.exit(1)'], {
    only: ['card.version'],
    writeBaseline: join(t.testdir({}), 'x'),
  })
  t.equal(status, 1)
  t.match(shown, 'x is not written: what did not fail is incomplete')
  t.match(shown, 'blocked  3 checks: handshake.strings/request did not pass')
})

t.test('an interruption ends the command that is running, and is none of its faults', async t => {
  const path = join(t.testdir({}), 'report.json')
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  process.on('SIGUSR2', stop)
  t.teardown(() => process.off('SIGUSR2', stop))
  const idle = [process.execPath, '-e', "process.kill(process.ppid, 'SIGUSR2'); setTimeout(() => 0, 600_000)"]
  const { status, shown } = await run(idle, { timeout: '600000', report: [`json=${path}`] }, controller.signal)
  t.equal(status, 3)
  t.match(shown, /^blocked {2}\d+ checks: the run was interrupted$/m)
  const { results } = JSON.parse(readFileSync(path, 'utf8')) as Report
  t.ok(results.every(({ reasonCode }) => reasonCode === 'interrupted'))
})

t.test('wrong usage is told before anything is started', async t => {
  const cases: [string[], RunClientCommandOptions, RegExp][] = [
    [[], {}, /no command/],
    [reference, { only: ['no.such-check'] }, /no check of initiators is called no\.such-check/],
    [reference, { timeout: '0' }, /--timeout/],
    [reference, { jobs: 'many' }, /--jobs/],
    [reference, { transport: 'quic' }, /--transport/],
    [reference, { seed: 'xyz' }, /--seed/],
    [reference, { only: ['card.*'], skip: ['*'] }, /leave no check of initiators/],
    [reference, { baseline: fileURLToPath(import.meta.url) }, /is not JSON/],
    [reference, { report: ['xml=a'] }, /--report takes FORMAT=FILE with one of json, junit/],
    [reference, { report: ['json=/no/such/folder/x.json'] }, /cannot write/],
    [['/no/such/command'], {}, /CMD cannot be started/],
  ]
  for (const [command, options, said] of cases) {
    const error = await run(command, options).catch((cause: unknown) => cause)
    t.ok(error instanceof UsageError, String(said))
    t.match((error as Error).message, said)
  }
})
