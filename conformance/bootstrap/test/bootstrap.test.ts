import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { roomPath } from '../../../schemas/index.js'

interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

// The bootstrap is plain JavaScript that runs before anything is built, so its types are stated here.
const load = async <Module>(name: string): Promise<Module> =>
  (await import(pathToFileURL(roomPath('conformance', 'bootstrap', name)).href)) as Module

const { tapTally, lineTally, tallyLine, tallyOf, sumOf } = await load<{
  tapTally(text: string): Tally | undefined
  lineTally(text: string): Tally | undefined
  tallyLine(tally: Tally): string
  tallyOf(read: (text: string) => Tally | undefined, text: string, status: number | null): Tally
  sumOf(tallies: readonly Tally[]): Tally
}>('tally.mjs')

const { oneAtATime } = await load<{
  oneAtATime<T>(path: string, onWait: () => void, work: () => T, patience?: number): T
}>('one-at-a-time.mjs')

const { removeOrphans, sourceHash } = await load<{
  removeOrphans(root: string): void
  sourceHash(root: string): string
}>('built-sources.mjs')

t.test("counts are those of tap's own last summary", async t => {
  const output = 'ok 1\n    # { total: 9, pass: 9 }\n1..2\n# { total: 12, pass: 9, fail: 1, skip: 2 }\n# time=3ms\n'
  t.strictSame(tapTally(output), { passed: 9, failed: 1, skipped: 2 })
  t.equal(tapTally('nothing ran'), undefined)
})

t.test('a last line is written as it is read', async t => {
  t.strictSame(lineTally('text\n7 passed, 0 failed\n'), { passed: 7, failed: 0, skipped: 0 })
  t.strictSame(lineTally('7 passed, 2 failed, 1 skipped'), { passed: 7, failed: 2, skipped: 1 })
  t.equal(lineTally('7 passed, 0 failed\nand then it crashed\n'), undefined)
  t.equal(tallyLine({ passed: 7, failed: 0, skipped: 0 }), '7 passed, 0 failed')
  t.equal(tallyLine({ passed: 7, failed: 2, skipped: 1 }), '7 passed, 2 failed, 1 skipped')
})

t.test('a run that fails without counting is a failure', async t => {
  t.strictSame(tallyOf(lineTally, 'crashed', 1), { passed: 0, failed: 1, skipped: 0 })
  t.strictSame(tallyOf(lineTally, '7 passed, 0 failed', null), { passed: 7, failed: 1, skipped: 0 })
  t.strictSame(tallyOf(lineTally, '7 passed, 2 failed', 1), { passed: 7, failed: 2, skipped: 0 })
  t.strictSame(tallyOf(lineTally, '7 passed, 0 failed', 0), { passed: 7, failed: 0, skipped: 0 })
  const one = { passed: 1, failed: 2, skipped: 3 }
  t.strictSame(sumOf([one, one]), { passed: 2, failed: 4, skipped: 6 })
})

t.test('only one works at a time, and a dead owner locks nobody out', async t => {
  const path = join(t.testdir({}), 'deep', 'lock')
  const never = () => t.fail('waited for nobody')
  t.equal(
    oneAtATime(path, never, () => readFileSync(path, 'utf8')),
    String(process.pid),
  )
  t.notOk(existsSync(path), 'the lock ends with the work')
  const failure = new Error('the work failed')
  const failing = () => {
    throw failure
  }
  t.throws(() => oneAtATime(path, never, failing), failure)
  t.notOk(existsSync(path), 'also with work that fails')
})

t.test('a live owner is waited for, with an end', async t => {
  const path = join(t.testdir({}), 'lock')
  writeFileSync(path, String(process.pid))
  let waited = 0
  t.throws(
    () =>
      oneAtATime(
        path,
        () => waited++,
        () => 'worked',
        100,
      ),
    /another preparation does not end/,
  )
  t.equal(waited, 1)
  writeFileSync(path, '999999999')
  t.equal(
    oneAtATime(
      path,
      () => waited++,
      () => 'worked',
      100,
    ),
    'worked',
    'a dead owner is passed over',
  )
})

t.test('what was compiled from a source that is gone is removed, and nothing else', async t => {
  const root = t.testdir({
    schemas: { 'kept.ts': '' },
    dist: {
      '.built-from': 'x',
      schemas: { 'kept.js': '', 'kept.d.ts': '', 'kept.js.map': '', 'gone.js': '', 'gone.d.ts': '', 'gone.js.map': '' },
      conformance: { test: { 'gone.test.js': '' } },
      elsewhere: { 'other.js': '' },
    },
  })
  removeOrphans(root)
  const there = (path: string) => existsSync(join(root, 'dist', path))
  for (const path of [
    '.built-from',
    'schemas/kept.js',
    'schemas/kept.d.ts',
    'schemas/kept.js.map',
    'elsewhere/other.js',
  ])
    t.ok(there(path), path)
  for (const path of ['schemas/gone.js', 'schemas/gone.d.ts', 'schemas/gone.js.map', 'conformance/test/gone.test.js'])
    t.notOk(there(path), path)
})

t.test('the hash of the sources follows their text and their names, and no other file', async t => {
  const data = {
    'tsconfig.json': '',
    'package.json': '',
    'package-lock.json': '',
    schemas: { 'a.ts': '1', 'a.json': '1' },
  }
  const root = t.testdir(data)
  const first = sourceHash(root)
  writeFileSync(join(root, 'schemas/a.json'), '2')
  t.equal(sourceHash(root), first)
  for (const [path, text] of [
    ['schemas/a.ts', '2'],
    ['schemas/b.ts', ''],
    ['tsconfig.json', '2'],
    ['schemas/tsconfig.json', '2'],
    ['package-lock.json', '2'],
  ] as const) {
    const before = sourceHash(root)
    writeFileSync(join(root, path), text)
    t.not(sourceHash(root), before, path)
  }
})
