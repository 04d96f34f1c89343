import t from 'tap'
import { errorTableFindings, limitsTableFindings, proseNumber, tableFindings } from '../prose-tables.js'
import { loadChapters } from '../spec-chapters.js'

const chapters = loadChapters()
const textOf = (name: string) => chapters.find(chapter => chapter.name === name)!.text

t.test('the tables of the prose say what schemas/ says', async t => t.strictSame(tableFindings(chapters), []))

t.test('an error whose status, form or row differs is found on both sides', async t => {
  for (const [from, to] of [
    ['| `internal` | 500 |', '| `internal` | 501 |'],
    ['| `session_unknown` | 401 | yes | |', '| `session_unknown` | 401 | yes | yes |'],
    ['| `cancelled` |', '| `canceled` |'],
  ] as const)
    t.equal(errorTableFindings(textOf('errors').replace(from, to)).length, 2, to)
  t.match(errorTableFindings(textOf('errors').replace(/^\| `malformed`.*\n/m, '')), [
    { text: 'only schemas/ has: malformed 400 plain authenticated' },
  ])
  t.equal(errorTableFindings('no table').length, 14)
})

t.test('a limit whose default or range differs is found on both sides', async t => {
  for (const [from, to] of [
    ['| 8 388 608 |', '| 8 388 609 |'],
    ['16 to 2³²', '16 to 2³³'],
    ['65 536 to', '65 535 to'],
    ['| `maxBatch`', '| `maxBatches`'],
    ['1 to 10⁶', 'any'],
  ] as const)
    t.equal(limitsTableFindings(textOf('messages').replace(from, to)).length, 2, to)
})

t.test('numbers are read as the prose writes them', async t => {
  t.equal(proseNumber('8 388 608'), 8388608)
  t.equal(proseNumber('2³⁰'), 2 ** 30)
  t.equal(proseNumber('10⁶'), 1e6)
  t.equal(proseNumber('7'), 7)
  for (const bad of ['', ' ', 'x', '1,5', '⁶']) t.ok(Number.isNaN(proseNumber(bad)), bad)
})
