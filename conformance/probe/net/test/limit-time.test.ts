import t from 'tap'
import { limitTime, type StartTimer } from '../limit-time.js'

/** A timer that goes off when it is told to. */
const createTimer = () => {
  const waits: number[] = []
  let then: (() => void) | undefined
  const start: StartTimer = (ms, next) => {
    waits.push(ms)
    then = next
    return () => (then = undefined)
  }
  return { waits, start, pass: () => then?.() }
}

t.test('what is small has its time, and no more', t => {
  const { waits, start, pass } = createTimer()
  let over = 0
  limitTime(
    5000,
    () => 0,
    () => (over += 1),
    start,
  )
  t.strictSame([waits, over], [[5000], 0])
  pass()
  t.strictSame([waits, over], [[5000], 1])
  t.end()
})

t.test('each mebibyte has a second more, be it sent before or arriving meanwhile', t => {
  const { waits, start, pass } = createTimer()
  let moved = 2 * 2 ** 20
  let over = 0
  limitTime(
    5000,
    () => moved,
    () => (over += 1),
    start,
  )
  moved += 2 ** 20
  pass()
  moved += 2 ** 19
  pass()
  t.strictSame([waits, over], [[7000, 1000, 500], 0])
  pass()
  t.equal(over, 1, 'nothing more has come')
  t.end()
})

t.test('a drip is no reason to wait', t => {
  const { waits, start, pass } = createTimer()
  let over = 0
  let moved = 0
  limitTime(
    100,
    () => (moved += 1),
    () => (over += 1),
    start,
  )
  for (let turn = 0; turn < 10 && over === 0; turn++) pass()
  t.equal(over, 1)
  t.ok(waits.reduce((sum, ms) => sum + ms) <= 102, String(waits))
  t.end()
})

t.test('what is ended does not go off', t => {
  const { start, pass } = createTimer()
  const stop = limitTime(
    100,
    () => 0,
    () => t.fail('too late'),
    start,
  )
  stop()
  pass()
  t.end()
})
