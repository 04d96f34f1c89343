import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { VectorsReport } from '../../../schemas/index.js'
import { listening } from '../../commands/test/listening.js'
import { isUnchanged, parseReport } from '../../report/parse-report.js'
import { program } from './as-typed.js'

// Ctrl-C and SIGTERM at each stage, as a process.

const begin = (...argv: string[]) => {
  const child = spawn(process.execPath, [program, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()))
  return { child, said: () => said }
}

const ended = async (child: ChildProcess) => (await once(child, 'close')) as [number | null, string | null]

/** A server that takes connections and says nothing; resolves with each. */
const silent = async (t: Test): Promise<{ url: string; server: Server }> => {
  const server = createServer()
  return { url: `http://${await listening(t, server)}/`, server }
}

t.test('run, while the card is waited for: told in one line, with its report', async t => {
  const { url, server } = await silent(t)
  const path = join(t.testdir({}), 'report.json')
  const { child, said } = begin('run', url, '--timeout', '60000', '--report', `json=${path}`)
  await once(server, 'connection')
  child.kill('SIGINT')
  t.strictSame(await ended(child), [130, null])
  t.match(said(), /the run was interrupted\n$/)
  t.match(parseReport(readFileSync(path, 'utf8')), { verdict: 'incomplete', exitStatus: 3 })
})

/** A core that answers nothing, and says on standard error that it is asked. */
const mute = [
  process.execPath,
  '-e',
  "process.stdin.once('data', () => require('node:fs').writeFileSync(process.argv[1], 'x'))",
]

const { default: fs } = await import('node:fs')

/** Resolves when there is something in a folder. */
const somethingIn = async (folder: string): Promise<void> => {
  for await (const _event of fs.promises.watch(folder)) return
}

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  t.test(`vectors run, ${signal}: what is not answered is blocked, and the report is written`, async t => {
    const folder = t.testdir({})
    const path = join(t.testdirName, 'report.json')
    const marks = fs.mkdtempSync(join(folder, 'marks-'))
    const asked = somethingIn(marks)
    const { child, said } = begin(
      ...['vectors', 'run', '--timeout', '60000', '--report', `json=${path}`, '--'],
      ...[...mute, join(marks, 'asked')],
    )
    await asked
    child.kill(signal)
    t.strictSame(await ended(child), [status, null])
    t.match(said(), /\d+ tests were not asked: the run was interrupted\nincomplete: 0 pass, \d+ blocked\n$/)
    const report = parseReport(readFileSync(path, 'utf8')) as VectorsReport
    t.ok(isUnchanged(report))
    t.match(report, { verdict: 'incomplete', exitStatus: 3, run: { interrupted: true } })
    t.ok(report.results.every(({ state }) => state === 'blocked'))
  })

t.test('call, while nobody answers: ends at once', async t => {
  const { url, server } = await silent(t)
  const { child } = begin('call', url, 'sage/ping@v1', '--timeout', '60')
  await once(server, 'connection')
  child.kill('SIGINT')
  t.strictSame(await ended(child), [130, null])
})

t.test('serve: once is an orderly end', async t => {
  const { child } = begin('serve')
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  t.strictSame(await ended(child), [0, null])
})
