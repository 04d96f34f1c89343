import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { roomPath, type Report } from '../../../schemas/index.js'
import type { Screen } from '../../report/console.js'
import { startResponder } from '../responder-process.js'
import { runCommand } from '../run.js'

const screen: Screen = { write: () => undefined, isTerminal: false, colour: false, columns: 80 }
const only = ['message.schema', 'record.*', 'task.*', 'ws.ping', 'ws.same-as-http']

/** What a run with so many jobs comes to: the verdict, and of every check and its cases the state and the reason. */
const judged = async (t: Test, url: string, jobs: string) => {
  const path = join(t.testdirName, `${jobs}.json`)
  const options = { only, jobs, salt: jobs.padStart(2, '0'), report: [`json=${path}`] }
  const status = await runCommand(url, options, screen, new AbortController().signal)
  const { verdict, results } = JSON.parse(readFileSync(path, 'utf8')) as Report
  const said = results.map(({ check, transport, state, reasonCode, cases }) =>
    [check, transport, state, reasonCode, ...cases.flatMap(one => [one.name, one.state, one.reasonCode])].join(' '),
  )
  return { status, verdict, said }
}

const sameWith = async (t: Test, url: string, status: number): Promise<void> => {
  t.testdir({})
  const [one, eight] = [await judged(t, url, '1'), await judged(t, url, '8')]
  t.equal(one.status, status)
  t.ok(one.said.length > 40, `${one.said.length} checks over both transports`)
  t.strictSame(eight, one)
}

t.test('one check at a time or eight: the reference is found to be the same', async t => {
  const responder = await startResponder(process.execPath, [
    roomPath('conformance', 'bin', 'sage-conformance.js'),
    'serve',
  ])
  t.teardown(() => responder.stop())
  await sameWith(t, responder.url, 0)
})

t.test('one check at a time or eight: so is an agent with a fault', async t => {
  const mutant = fileURLToPath(new URL('../../mutants/serve-mutant.js', import.meta.url))
  const responder = await startResponder(process.execPath, [mutant, 'schema-violations-close'])
  t.teardown(() => responder.stop())
  await sameWith(t, responder.url, 1)
})
