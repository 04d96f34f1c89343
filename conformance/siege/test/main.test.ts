import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { parseReport } from '../report.js'

const main = fileURLToPath(new URL('../main.js', import.meta.url))
const siege = (...args: readonly string[]) => spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' })

t.test('a command that cannot be right ends with 2 and one line', async t => {
  const notJson = join(t.testdir({ 'old.json': '{}' }), 'old.json')
  for (const args of [
    ['--only', 'nothing'],
    ['--seconds', '0'],
    ['--inputs', 'x'],
    ['--unknown'],
    ['--keep', notJson],
  ]) {
    const { status, stdout, stderr } = siege(...args)
    t.equal(status, 2, args.join(' '))
    t.equal(stdout, '')
    t.match(stderr, /^[^\n]+\n$/)
  }
})

t.test('a siege of one attack and some inputs writes its figures and its page, and keeps what was not run', async t => {
  const folder = t.testdir({})
  const at = (name: string): string => join(folder, name)
  const first = siege('--only', 'slow-headers', '--seconds', '1', '--json', at('a.json'), '--markdown', at('page.md'))
  t.equal(first.status, 0, first.stderr)
  const { battles, inputs } = parseReport(JSON.parse(readFileSync(at('a.json'), 'utf8')))
  t.match(battles, [{ name: 'slow-headers', faults: 0, isAlive: true, bare: {} }])
  t.equal(inputs, undefined)
  t.match(readFileSync(at('page.md'), 'utf8'), /^\| slow-headers \|/m)
  const next = siege('--only', 'inputs', '--inputs', '200', '--json', at('b.json'), '--keep', at('a.json'))
  t.equal(next.status, 0, next.stderr)
  const both = parseReport(JSON.parse(readFileSync(at('b.json'), 'utf8')))
  t.strictSame(both.battles, battles)
  t.match(both.inputs, { sent: 200, falseAccepts: 0 })
})
