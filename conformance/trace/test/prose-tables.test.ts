import t from 'tap'
import {
  closeCodeFindings,
  errorTableFindings,
  limitsTableFindings,
  proseNumber,
  tableFindings,
} from '../prose-tables.js'
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

t.test('a close code that differs, or is that of something else, is found on both sides', async t => {
  const text = textOf('websocket')
  t.equal(closeCodeFindings(text.replace('| a binary message | 1003 |', '| a binary message | 1004 |')).length, 2)
  t.equal(closeCodeFindings(text.replace('message | 1003', 'message | 1007')).length, 2)
  t.equal(closeCodeFindings(text.replace('| a binary message |', '| a message |')).length, 2)
  t.match(closeCodeFindings(text.replace(/^\| a frame that .*\n/m, '')), [
    { text: 'only schemas/ has: a frame that RFC 6455 does not allow: 1002' },
  ])
  t.equal(closeCodeFindings('no table').length, 5)
  t.equal(tableFindings([{ ...chapters[0]!, name: 'websocket', text: 'no table' }]).length, 14 + 9 + 5)
})

t.test('numbers are read as the prose writes them', async t => {
  t.equal(proseNumber('8 388 608'), 8388608)
  t.equal(proseNumber('2³⁰'), 2 ** 30)
  t.equal(proseNumber('10⁶'), 1e6)
  t.equal(proseNumber('7'), 7)
  for (const bad of ['', ' ', 'x', '1,5', '⁶']) t.ok(Number.isNaN(proseNumber(bad)), bad)
})
