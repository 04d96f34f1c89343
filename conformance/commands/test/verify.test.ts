import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Report } from '../../../schemas/index.js'
import { roomPath } from '../../../schemas/index.js'
import type { Screen } from '../../report/console.js'
import { runCommand, type RunCommandOptions } from '../run.js'
import { startResponder, type ResponderProcess } from '../responder-process.js'
import { UsageError } from '../usage.js'
import { verifyCommand } from '../verify.js'

const serve = async (t: Test): Promise<ResponderProcess> => {
  const program = roomPath('conformance', 'bin', 'sage-conformance.js')
  const responder = await startResponder(process.execPath, [program, 'serve'])
  t.teardown(() => responder.stop())
  return responder
}

/** Runs, and does something to it once there have been 25 lines of progress. */
const record = async (
  t: Test,
  url: string,
  options: RunCommandOptions,
  midway: (run: AbortController) => unknown = () => undefined,
) => {
  const path = join(t.testdirName, 'report.json')
  if (!existsSync(t.testdirName)) t.testdir()
  const controller = new AbortController()
  let lines = 0
  const write = (): void => void (++lines === 25 && midway(controller))
  const screen: Screen = { write, isTerminal: true, colour: false, columns: 80 }
  const status = await runCommand(url, { report: [`json=${path}`], ...options }, screen, controller.signal)
  return { path, status }
}

const verify = async (path: string) => {
  let shown = ''
  const status = await verifyCommand(path, text => (shown += text))
  return { status, shown }
}

t.test('a report of the reference, judged as a process of its own, holds', async t => {
  const { url } = await serve(t)
  const { path, status } = await record(t, url, {})
  t.equal(status, 0)
  const verified = await verify(path)
  t.equal(verified.status, 0)
  t.match(verified.shown, /^\S+report\.json holds: conformant \([0-9]+ checks of did:key:\S+, 20\S+Z\)\n$/)
})

t.test('a report with a given identity holds, and does not hold its private key', async t => {
  const { url } = await serve(t)
  const key = Buffer.alloc(32, 0xa7)
  const file = join(t.testdir(), 'identity.json')
  writeFileSync(file, JSON.stringify({ signing: key.toString('base64url'), kem: key.toString('base64url') }))
  const only = ['handshake.signature', 'handshake.nonce-single-use*', 'record.replay*', 'ws.session-*']
  const { path, status } = await record(t, url, { identity: file, only })
  t.equal(status, 0)
  const text = readFileSync(path, 'utf8')
  for (const encoding of ['hex', 'base64', 'base64url'] as const) t.notOk(text.includes(key.toString(encoding)))
  t.match((JSON.parse(text) as Report).run.identity, /^did:key:z/)
  t.equal((await verify(path)).status, 0)
})

t.test('a report of a target that went away among many checks at once holds', async t => {
  const responder = await serve(t)
  const { path, status } = await record(t, responder.url, {}, () => responder.stop(0))
  t.equal(status, 3)
  const { status: again, shown } = await verify(path)
  t.equal(again, 3, shown)
  t.match(shown, /^[0-9]+ checks were cut short: .*\n\S+ holds: incomplete/)
})

t.test('a report of a run that was interrupted holds', async t => {
  const { url } = await serve(t)
  const { path, status } = await record(t, url, {}, run => run.abort())
  t.equal(status, 3)
  const { status: again, shown } = await verify(path)
  t.equal(again, 3, shown)
  t.match(shown, /^[0-9]+ checks were cut short: .*\n\S+ holds: incomplete/)
})

t.test('a report that does not hold says where, in one line', async t => {
  const { url } = await serve(t)
  const { path } = await record(t, url, { only: ['task.unknown'] })
  writeFileSync(path, readFileSync(path, 'utf8').replace('"state": "pass"', '"state": "fail"'))
  const { status, shown } = await verify(path)
  t.equal(status, 1)
  t.match(shown, /^\S+ does not hold: the digest: .*\n$/)
})

t.test('a report of nothing but a problem holds, and is incomplete', async t => {
  const { path } = await record(t, 'http://127.0.0.1:9/', {})
  t.match(await verify(path), { status: 3, shown: /holds: incomplete \(127\.0\.0\.1:9 cannot be reached/ })
})

t.test('what cannot be read, or is no report, is a matter of usage', async t => {
  const file = join(t.testdir({ other: '{"hello":1}' }), 'other')
  await t.rejects(verify('/nowhere'), { name: UsageError.name, message: /cannot read \/nowhere: .* \(ENOENT\)/ })
  await t.rejects(verify(file), { name: UsageError.name, message: /^\S+other: it is not a report/ })
})
