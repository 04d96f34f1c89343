import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { parseReport } from '../report.js'

const main = fileURLToPath(new URL('../main.js', import.meta.url))

const bench = (...args: readonly string[]) => spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' })

t.test('a command that cannot be right ends with 2 and one line', async t => {
  const notJson = join(t.testdir({ 'old.json': 'no' }), 'old.json')
  for (const args of [
    ['--rounds', '0'],
    ['--rounds', 'x'],
    ['--only', 'nothing'],
    ['--unknown'],
    ['--compare', notJson],
  ]) {
    const { status, stdout, stderr } = bench(...args)
    t.equal(status, 2, args.join(' '))
    t.equal(stdout, '')
    t.match(stderr, /^[^\n]+\n$/)
  }
})

t.test('a run writes JSON and Markdown, and ends with 1 where a ratio is worse than it was', async t => {
  const ratio = { median: 1e9, q1: 1e9, q3: 1e9 }
  const row = { figure: 'time', against: 'hkdfSync', goal: { sense: 'at least', value: 1.3 }, ratio, met: true }
  const former = {
    version: 1,
    date: '2026-01-01',
    machine: { cpu: 'another', cores: 1, memoryMiB: 1, platform: 'linux x64' },
    node: '20.0.0',
    cases: [
      { name: 'session/key-block', unit: 'session', about: '', rounds: 1, figures: {}, rows: [row] },
      { name: 'echo/http', unit: 'message', about: '', rounds: 7, figures: {}, rows: [row] },
      { name: 'echo/nowhere', unit: 'message', about: '', rounds: 7, figures: {}, rows: [row] },
    ],
  }
  const folder = t.testdir({ 'old.json': JSON.stringify(former) })
  const at = (name: string) => join(folder, name)
  const files = [
    '--json',
    at('new.json'),
    '--markdown',
    at('page.md'),
    '--compare',
    at('old.json'),
    '--keep',
    at('old.json'),
  ]
  const { status, stderr } = bench('--only', 'session/key-block', '--rounds', '1', ...files)
  t.equal(status, 1)
  t.match(stderr, /^worse: session\/key-block: time against hkdfSync: 1000000000 before, [\d.]+ now$/m)
  t.equal(stderr.match(/^worse/gm)?.length, 1)
  const { cases } = parseReport(JSON.parse(readFileSync(at('new.json'), 'utf8')))
  t.strictSame(
    cases.map(({ name, rounds }) => [name, rounds]),
    [
      ['session/key-block', 1],
      ['echo/http', 7],
    ],
    'what was not run is kept, and what is no case any longer is not',
  )
  t.match(readFileSync(at('page.md'), 'utf8'), /\n\| session\/key-block \| time \| six noble hkdf \| /)
})
