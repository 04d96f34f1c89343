import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { rootPath } from '../../../schemas/index.js'
import { attacks } from '../attack/attacks/index.js'
import { broken, brokenInInputs } from '../invariants.js'
import { pageOf } from '../page.js'
import { parseReport } from '../report.js'

const read = (name: string): string => readFileSync(join(rootPath, 'conformance/siege', name), 'utf8')
const report = parseReport(JSON.parse(read('figures.json')))

t.test('the page is that of the figures, and both have every attack', async t => {
  t.equal(read('README.md'), pageOf(report))
  const names = attacks.map(({ name }) => name)
  t.strictSame(
    report.battles.map(({ name }) => name),
    names,
  )
  t.equal(new Set(names).size, names.length)
})

t.test('what did not hold is said first, and no input was judged wrongly', async t => {
  const page = read('README.md')
  for (const finding of broken(report)) t.ok(page.includes(finding), finding)
  t.strictSame(brokenInInputs(report.inputs!), [])
  t.ok(report.inputs!.sent >= 1_000_000)
  t.ok(report.soak!.seconds >= 600)
})
