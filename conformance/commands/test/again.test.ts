import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import type { Report } from '../../../schemas/index.js'
import { main } from '../../cli.js'
import { reproduction } from '../../report/reproduction.js'
import { startResponder } from '../responder-process.js'

// The line that a failure comes with is taken as a shell takes it, and run against the same target, which was not started
// anew: the same check has to come to the same end.

type Result = Report['results'][number]

const dist = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

const mutant = async (t: Test, name: string): Promise<string> => {
  const responder = await startResponder(process.execPath, [dist('conformance/mutants/serve-mutant.js'), name])
  t.teardown(() => responder.stop())
  return responder.url
}

/** The words that a shell makes of a line. */
const wordsOf = (line: string): string[] =>
  execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1)

const folder = t.testdir({})
let reports = 0

const judge = async (t: Test, [command = '', ...words]: readonly string[]) => {
  const path = join(folder, `${(reports += 1)}.json`)
  let shown = ''
  const { restore } = t.capture(process.stdout, 'write', (text: string) => ((shown += text), true))
  const status = await main([command, '--report', `json=${path}`, ...words]).finally(restore)
  return { status, shown, report: JSON.parse(readFileSync(path, 'utf8')) as Report }
}

const essence = ({ check, transport, state, reasonCode }: Result) => ({ check, transport, state, reasonCode })

const failing = ({ results }: Report): Result[] => results.filter(({ state }) => state === 'fail' || state === 'warn')

const repeats = async (t: Test, line: string, result: Result): Promise<void> => {
  const [program, ...words] = wordsOf(line)
  t.equal(program, 'sage-conformance')
  const again = await judge(t, words)
  t.equal(again.status, 1, line)
  t.match(
    again.report.results.find(({ check, transport }) => check === result.check && transport === result.transport),
    essence(result),
    line,
  )
}

const cases: [mutant: string, only: string[]][] = [
  ['without-handshake.nonce-single-use', ['handshake.nonce-single-use']],
  ['without-record.replay', ['record.replay']],
  ['schema-violations-close', ['message.schema', 'record.replay', 'ws.same-as-http']],
]

for (const [name, only] of cases)
  t.test(`every failure of ${name} fails again by its line`, async t => {
    const { report, shown } = await judge(t, ['run', await mutant(t, name), ...only.flatMap(id => ['--only', id])])
    const found = failing(report)
    t.ok(found.some(({ check }) => check === only.at(-1)))
    for (const result of found) {
      const line = reproduction(report, result)
      t.notMatch(line, '--salt')
      // What fails alike over both is told once, with the line for HTTP.
      if (result.transport === 'http') t.match(shown, `${line}\n`)
      await repeats(t, line, result)
    }
  })

t.test('files whose names a shell would take apart stay whole', async t => {
  const url = await mutant(t, 'without-record.replay')
  const own = join(folder, 'the caller\'s "own" files; rm *')
  mkdirSync(own)
  const identity = join(own, 'identity.json')
  writeFileSync(identity, JSON.stringify({ signing: Buffer.alloc(32, 7).toString('base64url') }))
  const given = ['--only', 'record.replay', '--transport', 'http', '--identity', identity, '--timeout', '4000']
  const { report, shown } = await judge(t, ['run', url, ...given])
  const [result] = failing(report)
  if (!result) throw new Error(shown)
  const line = /^ +again: +(.*)$/m.exec(shown)?.[1] ?? ''
  t.strictSame(
    wordsOf(line).filter((_, at, words) => words[at - 1] === '--identity'),
    [identity],
  )
  t.match(reproduction(report, result), ' --identity FILE --timeout 4000')
  t.notMatch(reproduction(report, result), 'caller')
  await repeats(t, line, result)
})

const peer = [process.execPath, dist('conformance/mutants/initiator/peer.js'), 'initiator-omits-handshake-response-ts']

t.test('a failure of an initiator fails again by its line, whatever its words are', async t => {
  const odd = ["it's", '"$HOME"', '', '*', 'ü', 'a b']
  const only = ['--only', 'handshake.response-ts', '--transport', 'ws']
  const { report } = await judge(t, ['run-client', ...only, '--', ...peer, ...odd])
  const [result] = failing(report)
  if (!result) throw new Error('nothing failed')
  t.strictSame(wordsOf(reproduction(report, result)).slice(-peer.length - odd.length), [...peer, ...odd])
  await repeats(t, reproduction(report, result), result)
})
