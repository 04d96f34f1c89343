import fc from 'fast-check'
import t from 'tap'
import { SUBJECT } from '../bench-case.js'
import { isMet, ratioOf, ratioSpread, shuffled, spreadOf } from '../statistics.js'

t.test('median and quartiles lie between the values next to them', async t => {
  t.strictSame(spreadOf([5, 1, 4, 2, 3]), { median: 3, q1: 2, q3: 4 })
  t.strictSame(spreadOf([1, 2, 3, 4]), { median: 2.5, q1: 1.75, q3: 3.25 })
  t.strictSame(spreadOf([7]), { median: 7, q1: 7, q3: 7 })
  t.strictSame(spreadOf([10, 9]), { median: 9.5, q1: 9.25, q3: 9.75 })
  t.strictSame(spreadOf([]), { median: NaN, q1: NaN, q3: NaN })
})

const round = (own: number, other: number) => ({ [SUBJECT]: { time: own }, other: { time: other } })

t.test('at least: how many times as much the baseline costs; at most: the subject', async t => {
  const row = { figure: 'time', against: 'other' }
  t.equal(ratioOf(row, round(2, 10)), 5)
  t.equal(ratioOf({ ...row, goal: { sense: 'at least', value: 3 } }, round(2, 10)), 5)
  t.equal(ratioOf({ ...row, goal: { sense: 'at most', value: 3 } }, round(10, 4)), 2.5)
  t.equal(ratioOf({ figure: 'time' }, round(2, 10)), 2, 'without a baseline the figure itself')
})

t.test('nothing beside nothing is as good, and what was not measured has no ratio', async t => {
  const row = { figure: 'time', against: 'other' }
  t.equal(ratioOf(row, round(0, 0)), 1)
  t.equal(ratioOf(row, round(0, 3)), Infinity)
  t.equal(ratioOf({ figure: 'bytes', against: 'other' }, round(1, 1)), undefined)
  t.equal(ratioOf({ figure: 'time', against: 'nobody' }, round(1, 1)), undefined)
})

t.test('the ratio is computed round by round: what slows both of a round down cancels out', async t => {
  const row = { figure: 'time', against: 'other' }
  const rounds = [round(1, 2), round(100, 200), round(7, 14)]
  t.strictSame(ratioSpread(row, rounds), { median: 2, q1: 2, q3: 2 })
  const uneven = [round(1, 4), round(10, 20), round(1000, 1000)]
  t.equal(ratioSpread(row, uneven).median, 2, 'and is not that of the medians, 20 to 10, nor of the sums')
})

t.test('a goal is met at its very value', async t => {
  const atLeast = { figure: 'time', goal: { sense: 'at least', value: 3 } } as const
  const atMost = { figure: 'time', goal: { sense: 'at most', value: 3 } } as const
  t.strictSame(
    [2.9, 3, 3.1].map(ratio => isMet(atLeast, ratio)),
    [false, true, true],
  )
  t.strictSame(
    [2.9, 3, 3.1].map(ratio => isMet(atMost, ratio)),
    [true, true, false],
  )
  t.ok(isMet({ figure: 'time' }, 0))
  t.notOk(isMet(atLeast, NaN) || isMet(atMost, NaN), 'what was not measured meets nothing')
})

t.test('shuffled values are the same ones, in any order', async t => {
  fc.assert(
    fc.property(
      fc.array(fc.integer()),
      fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
      (values, chances) => {
        const order = shuffled(values, () => chances.next().value)
        t.strictSame([...order].sort(), [...values].sort())
      },
    ),
  )
  t.strictSame(
    shuffled([1, 2, 3], () => 0),
    [2, 3, 1],
  )
  t.strictSame(
    shuffled([1, 2, 3], () => 0.99),
    [1, 2, 3],
  )
})
