import t from 'tap'
import type { Repeated } from '../bench-case.js'
import type { Stopwatch } from '../meter.js'
import { calibrate, perform, runRound, runRounds } from '../rounds.js'

/** A clock that only operations move. */
const createStage = () => {
  let [wall, cpu] = [0, 0]
  const stopwatch: Stopwatch = { wall: () => wall, cpu: () => cpu }
  const log: string[] = []
  const takes = (name: string, wallMs: number, cpuMicros = 0, more: Partial<Repeated> = {}): Repeated => ({
    operation: () => {
      log.push(name)
      wall += wallMs
      cpu += cpuMicros
    },
    ...more,
  })
  return { stopwatch, log, takes }
}

t.test('a round divides what it took by what it made', async t => {
  const { stopwatch, takes, log } = createStage()
  const figures = await runRound(takes('a', 2, 600, { units: 4 }), 10, stopwatch)
  t.equal(log.length, 10)
  t.match(figures, { time: 500, cpu: 150 })
  t.notOk('p99' in figures, 'calls of a synchronous operation are not told apart')
})

t.test('what is prepared before a round is not measured', async t => {
  const { stopwatch, takes, log } = createStage()
  const slow = takes('prepared', 1000)
  const prepare = (calls: number): void => {
    log.push(`${calls} calls`)
    slow.operation()
  }
  const figures = await runRound(takes('a', 1, 0, { prepare }), 5, stopwatch)
  t.strictSame(log.slice(0, 3), ['5 calls', 'prepared', 'a'])
  t.equal(figures['time'], 1000)
})

t.test('where the work is done elsewhere, what was used there counts', async t => {
  const { stopwatch, takes, log } = createStage()
  const elsewhere = {
    begin: async () => void log.push('begin'),
    end: async () => ({ cpu: 50, gc: 5, delay: 3 }),
  }
  const figures = await runRound(takes('a', 1, 99, { elsewhere, concurrency: 2 }), 5, stopwatch)
  t.strictSame(log, ['begin', 'a', 'a', 'a', 'a', 'a'])
  t.match(figures, { cpu: 10, gc: 1, delay: 3 })
})

t.test('asynchronous calls overlap as far as they may, and each is timed', async t => {
  let [wall, running, most] = [0, 0, 0]
  const release: (() => void)[] = []
  const subject: Repeated = {
    concurrency: 3,
    operation: async () => {
      most = Math.max(most, ++running)
      await new Promise<void>(resolve => release.push(resolve))
      running--
    },
  }
  const done = perform(subject, 100, { wall: () => wall, cpu: () => 0 })
  // One after the other they end, each a millisecond after the one before: two others are ahead of each.
  for (let ended = 0; ended < 100; ended++) {
    wall++
    release.shift()?.()
    await new Promise(resolve => setImmediate(resolve))
  }
  const took = await done
  t.equal(most, 3)
  t.strictSame([took?.length, took?.[0], took?.[50], took?.[99]], [100, 1, 3, 3])
})

t.test('so many calls are made that a round takes its time', async t => {
  const { stopwatch, takes } = createStage()
  t.equal(await calibrate(takes('a', 2), 50, stopwatch), 25)
  t.equal(await calibrate(takes('a', 1000), 50, stopwatch), 1, 'one at least')
  t.equal(await calibrate(takes('a', 1000, 0, { concurrency: 8 }), 50, stopwatch), 8, 'and as many as go at once')
})

t.test('each round has each of them once, and those that warm up do not count', async t => {
  const { stopwatch, takes, log } = createStage()
  const subjects = { subject: takes('a', 10), other: takes('b', 20) }
  const chances = [0, 0.9, 0, 0.9, 0]
  const rounds = await runRounds({
    subjects,
    rounds: 3,
    warmUps: 2,
    roundMs: 10,
    stopwatch,
    random: () => chances.shift()!,
  })
  t.equal(rounds.length, 3)
  const warmUps = ['b', 'a', 'a', 'b']
  const calibration = ['a', 'b']
  t.strictSame(log, [...calibration, ...warmUps, ...calibration, 'b', 'a', 'a', 'b', 'b', 'a'])
  for (const round of rounds) t.match(round, { subject: { time: 10_000 }, other: { time: 20_000 } })
})
