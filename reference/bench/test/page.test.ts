import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { rootPath } from '../../../schemas/index.js'
import { cases } from '../cases/index.js'

const cellsOf = (line: string): string => line.split('|').slice(1, 4).join('|').trim()

t.test('the page has the rows of the cases, and no others', async t => {
  const page = readFileSync(join(rootPath, 'reference/bench/README.md'), 'utf8')
  const [, table = ''] = /\n## Ratios\n\n.*\n.*\n((?:\|.*\n)+)/.exec(page) ?? []
  const wanted = cases.flatMap(({ name, rows }) =>
    rows.map(({ figure, against = '' }) => cellsOf(`| ${name} | ${figure} | ${against} |`)),
  )
  t.strictSame(table.trimEnd().split('\n').map(cellsOf), wanted)
  for (const { name } of cases) t.ok(page.includes(`\n### ${name}\n`), name)
  t.equal(new Set(wanted).size, wanted.length, 'each row has a name of its own')
})
