import t from 'tap'
import type { Row } from '../bench-case.js'
import { regressions } from '../compare.js'
import { reportOf } from '../harness.js'
import { parseReport, type BenchReport } from '../report.js'

const run = (row: Row, ratios: readonly number[], name = 'part/what'): BenchReport =>
  parseReport({
    version: 1,
    date: '2026-01-01',
    machine: { cpu: 'some', cores: 2, memoryMiB: 1024, platform: 'linux x64' },
    node: '20.0.0',
    cases: [
      reportOf(
        { name, unit: 'thing', about: 'Does it.', rows: [row], setUp: () => Promise.reject(new Error('not run')) },
        ratios.map(ratio => ({ subject: { time: 1, p99: ratio }, other: { time: ratio, p99: 1 } })),
      ),
    ],
  })

const atLeast: Row = { figure: 'time', against: 'other', goal: { sense: 'at least', value: 2 } }
const atMost: Row = { figure: 'p99', against: 'other', goal: { sense: 'at most', value: 3 } }

t.test('a ratio that fell by more than the spread of both is told', async t => {
  const before = run(atLeast, [4, 5, 6])
  t.strictSame(regressions(before, run(atLeast, [2, 3, 4])), [
    { row: 'part/what: time against other', before: 5, after: 3 },
  ])
  t.strictSame(regressions(before, run(atLeast, [3, 4, 5])), [], 'the middle halves meet')
  t.strictSame(regressions(before, run(atLeast, [14, 15, 16])), [], 'better is not worse')
})

t.test('where less is better, one that rose', async t => {
  const before = run(atMost, [1, 1.1, 1.2])
  t.match(regressions(before, run(atMost, [2, 2.1, 2.2])), [{ before: 1.1, after: 2.1 }])
  t.strictSame(regressions(before, run(atMost, [0.1, 0.2, 0.3])), [])
  const figure: Row = { figure: 'p99', goal: { sense: 'at most', value: 3 } }
  t.equal(regressions(run(figure, [0]), run(figure, [1])).length, 1, 'a figure by itself too')
})

t.test('a row without a goal is held against its former ratio all the same', async t => {
  const row: Row = { figure: 'time', against: 'other' }
  t.equal(regressions(run(row, [5]), run(row, [4])).length, 1)
  t.equal(regressions(run(row, [5]), run(row, [6])).length, 0)
})

t.test('a figure that stands by itself, without a goal, says nothing from one machine to the other', async t => {
  const row: Row = { figure: 'p99' }
  t.strictSame(regressions(run(row, [1]), run(row, [5])), [])
  t.strictSame(regressions(run(row, [5]), run(row, [1])), [])
})

t.test('a row that is new, or gone, is no regression', async t => {
  t.strictSame(regressions(run(atLeast, [5], 'part/former'), run(atLeast, [1])), [])
})

t.test('a report says whether its rows meet their goals', async t => {
  const [met] = run(atLeast, [2, 3, 4]).cases
  t.match(met, { rounds: 3, rows: [{ met: true, ratio: { median: 3, q1: 2.5, q3: 3.5 } }] })
  t.match(met?.figures, { subject: { time: { median: 1 } }, other: { time: { median: 3, q1: 2.5, q3: 3.5 } } })
  t.match(run(atLeast, [1]).cases, [{ rows: [{ met: false }] }])
  t.throws(() => parseReport({ version: 2 }), { code: 'malformed' })
})
