import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import type { Baseline, KnownFailure, Report } from '../../../schemas/index.js'
import { checks } from '../../checks/index.js'
import { coverageOf } from '../../report/coverage.js'
import { reportDigest } from '../../report/json.js'
import { verifyReport } from '../../report/verification.js'
import type { Screen } from '../../report/console.js'
import { countStates, type CheckResult } from '../../runner/result.js'
import { startResponder } from '../responder-process.js'
import { runCommand, type RunCommandOptions } from '../run.js'
import { UsageError } from '../usage.js'

const dist = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** Closes the connection on a message that it ought to answer: a failure over WebSocket, and verdicts that differ. */
const responder = await startResponder(process.execPath, [dist('mutants/serve-mutant.js'), 'schema-violations-close'])
t.teardown(() => responder.stop())

const only = ['message.schema', 'record.replay', 'ws.same-as-http']
const skip = ['message.schema/*']
const failing: KnownFailure[] = [
  { check: 'message.schema', transport: 'ws', reasonCode: 'closed-1007' },
  { check: 'ws.same-as-http', transport: 'ws', reasonCode: 'differs' },
]

const shownBy = async (command: (screen: Screen) => Promise<number>) => {
  let shown = ''
  const status = await command({
    write: text => void (shown += text),
    isTerminal: false,
    colour: false,
    columns: 120,
  })
  return { status, shown }
}

const run = (options: RunCommandOptions, signal = new AbortController().signal) =>
  shownBy(screen => runCommand(responder.url, { only, skip, ...options }, screen, signal))

const listed = (path: string): Baseline => JSON.parse(readFileSync(path, 'utf8')) as Baseline
const listing = (t: Test, known: readonly KnownFailure[], more: object = {}): string => {
  const path = join(t.testdir({}), 'baseline.json')
  writeFileSync(path, JSON.stringify({ baseline: 'sage-conformance/1', known, ...more }))
  return path
}

t.test('a list that is written makes the next run pass, which says that it is a list that does', async t => {
  const [path, report] = [join(t.testdir({}), 'baseline.json'), join(t.testdirName, 'report.json')]
  const first = await run({ writeBaseline: path })
  t.equal(first.status, 1, 'writing a list changes no verdict')
  t.match(first.shown, `2 known failures written to ${path}\n`)
  t.strictSame(listed(path), { baseline: 'sage-conformance/1', known: failing })

  const second = await run({ baseline: path, report: [`json=${report}`] })
  t.equal(second.status, 0, second.shown)
  t.match(second.shown, /^known {2}message\.schema over ws \(closed-1007\): /m)
  t.match(second.shown, /^conformant but for 2 known failures: \d+ pass, 2 fail in/m)
  t.notMatch(second.shown, /^fail/m)
  const text = readFileSync(report, 'utf8')
  const { verdict, exitStatus, counts, baseline, results } = JSON.parse(text) as Report
  t.match(
    { verdict, exitStatus, counts },
    { verdict: 'conformant but for known failures', exitStatus: 0, counts: { fail: 2 } },
  )
  t.strictSame(baseline, { known: 2, unjudged: 0, mend: [] })
  t.strictSame(
    results.filter(({ known }) => known).map(({ check, transport, reasonCode }) => ({ check, transport, reasonCode })),
    failing,
  )
  t.match(await verifyReport(text, checks), { kind: 'holds' })
})

t.test('a list into which somebody wrote a failure of another run does not verify', async t => {
  const report = join(t.testdir({}), 'report.json')
  await run({ report: [`json=${report}`], transport: 'ws', only: ['message.schema'] })
  const { digest: _, ...told } = JSON.parse(readFileSync(report, 'utf8')) as Report
  const changed = { ...told, run: { ...told.run, baseline: failing.slice(0, 1) } }
  const text = JSON.stringify({ ...changed, digest: reportDigest(changed) })
  t.match(await verifyReport(text, checks), { kind: 'differs' })
})

t.test('a list that no longer holds fails the run, and each entry says what to do', async t => {
  const stale: KnownFailure[] = [
    { check: 'message.schema', transport: 'ws', reasonCode: 'no-answer' },
    { check: 'record.replay', transport: 'http', reasonCode: 'accepted', note: 'to be mended' },
  ]
  const { status, shown } = await run({ baseline: listing(t, [...stale, ...failing.slice(1)]) })
  t.equal(status, 1)
  t.match(shown, 'the baseline lists message.schema over ws (no-answer): it fails with closed-1007 now: list it so')
  t.match(shown, 'the baseline lists record.replay over http (accepted): it passes now: take it out of the list')
  t.match(shown, /^not conformant:/m)
  t.match(shown, /^baseline: 1 known failure, 2 entries to mend$/m)
})

t.test('writing a list anew keeps the notes, and the entries that were not selected', async t => {
  const before = [
    { ...failing[0]!, reasonCode: 'no-answer', note: 'until 2.0' },
    { check: 'record.replay', transport: 'ws' as const, reasonCode: 'accepted' },
    { check: 'task.unknown', transport: 'http' as const, reasonCode: 'accepted', note: 'elsewhere' },
  ]
  const path = listing(t, before)
  const { status } = await run({ writeBaseline: path })
  t.equal(status, 1)
  t.strictSame(listed(path).known, [{ ...failing[0], note: 'until 2.0' }, before[2], failing[1]])
  const note = await run({ baseline: path })
  t.match(note.shown, /^known {2}message\.schema over ws \(closed-1007\): until 2\.0$/m)
  t.match(note.shown, /^baseline: 2 known failures, 1 entry not judged by this run$/m)
  t.equal(note.status, 0)
})

t.test('no list is written of a run that has not come to its end', async t => {
  const path = join(t.testdir({}), 'baseline.json')
  const controller = new AbortController()
  controller.abort()
  const { status, shown } = await run({ writeBaseline: path }, controller.signal)
  t.equal(status, 3)
  t.match(shown, /baseline\.json is not written: the verdict is incomplete/)
  t.notOk(existsSync(path), 'and none is left behind')
})

t.test('a list that cannot be written after all is a fault, and no verdict', async t => {
  let said = ''
  const { restore } = t.capture(process.stderr, 'write', (text: string) => ((said += text), true))
  const { status } = await run({ writeBaseline: '/dev/full', only: ['record.replay'] }).finally(restore)
  t.equal(status, 4)
  t.equal(said, 'sage-conformance: --write-baseline: cannot write /dev/full: there is no room left (ENOSPC)\n')
})

t.test('a list that makes no sense is refused before anything is sent', async t => {
  const folder = t.testdir({ text: 'hello', other: '{"baseline":"sage-conformance/2","known":[]}' })
  const unknown = { check: 'no.such', transport: 'http', reasonCode: 'accepted' } as const
  const cases: [options: RunCommandOptions, message: RegExp][] = [
    [{ baseline: join(folder, 'none') }, /^--baseline: cannot read .* \(ENOENT\)$/],
    [{ baseline: join(folder, 'text') }, /^--baseline: .*text is not JSON$/],
    [{ baseline: join(folder, 'other') }, /^--baseline: .*other is no baseline/],
    [{ writeBaseline: join(folder, 'text') }, /^--write-baseline: .*text is not JSON$/],
    [{ writeBaseline: join(folder, 'none', 'x') }, /^--write-baseline: cannot write .* \(ENOENT\)$/],
    [{ writeBaseline: folder }, /^--write-baseline: cannot write .* \(EISDIR\)$/],
    [{ writeBaseline: join(folder, 'new'), failFast: true }, /^--write-baseline takes a whole run/],
  ]
  const lists: [known: KnownFailure[], message: RegExp][] = [
    [[unknown], /lists "no\.such", and no check is called so$/],
    [[{ ...unknown, check: 'ws.ping' }], /lists ws\.ping over http, and it is not made over that$/],
    [[failing[0]!, failing[0]!], /lists message\.schema over ws twice$/],
  ]
  for (const [options, message] of cases) await t.rejects(run(options), { name: UsageError.name, message })
  for (const [known, message] of lists)
    await t.rejects(run({ baseline: listing(t, known) }), { name: UsageError.name, message })
})

t.test('after the first failure nothing more is begun, and what is missing is said', async t => {
  const report = join(t.testdir({}), 'report.json')
  for (const jobs of ['1', '4']) {
    const { status, shown } = await run({
      failFast: true,
      jobs,
      only: ['message.*', 'record.*', 'task.*'],
      report: [`json=${report}`],
    })
    t.equal(status, 1)
    t.match(shown, /^not-observed {2}\d{2,} checks: the run stopped at the first failure$/m)
    const text = readFileSync(report, 'utf8')
    const { results, counts } = JSON.parse(text) as Report
    const stopped = results.filter(({ reasonCode }) => reasonCode === 'stopped')
    t.ok(stopped.every(({ state, cases }) => state === 'not-observed' && cases.length === 0))
    t.ok(stopped.length > results.length / 2, `${stopped.length} of ${results.length}`)
    t.match(counts, { blocked: 0 })
    t.match(await verifyReport(text, checks), { kind: 'holds' })
  }
})

t.test('a failure that is known stops nothing', async t => {
  const { status, shown } = await run({ failFast: true, baseline: listing(t, failing) })
  t.equal(status, 0, shown)
  t.notMatch(shown, 'stopped')
})

t.test('a report that says that it stopped, and in which nothing failed, does not hold', async t => {
  const report = join(t.testdir({}), 'report.json')
  await run({ only: ['record.replay', 'record.tag'], transport: 'http', failFast: true, report: [`json=${report}`] })
  const { digest: _, ...told } = JSON.parse(readFileSync(report, 'utf8')) as Report
  const results = told.results.map(result =>
    result.check === 'record.replay'
      ? {
          ...result,
          state: 'not-observed' as const,
          reasonCode: 'stopped',
          observed: 'the run stopped at the first failure',
          cases: [],
        }
      : result,
  )
  const changed = { ...told, results, counts: countStates(results), coverage: coverageOf(results as CheckResult[]) }
  t.match(await verifyReport(JSON.stringify({ ...changed, digest: reportDigest(changed) }), checks), {
    kind: 'differs',
    where: 'the run',
  })
})
