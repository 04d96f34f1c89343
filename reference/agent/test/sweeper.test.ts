import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { startSweeping } from '../sweeper.js'

/** So many sessions that are over, and the order in which they are ended. */
const overdue = (count: number) => {
  const steps: number[] = []
  let left = count
  let whenDone: () => void = () => undefined
  const done = new Promise<void>(resolve => (whenDone = resolve))
  const sweep = (most: number): boolean => {
    steps.push(Math.min(most, left))
    left -= Math.min(most, left)
    if (left === 0) whenDone()
    return left > 0
  }
  return { steps, sweep, done }
}

t.test('many sessions that are over at once are ended in steps, and others have their turn in between', async t => {
  const sessions = overdue(100_000)
  const alive = setInterval(() => undefined, 1000)
  const stop = startSweeping(sessions, 1)
  let turns = 0
  let isDone = false
  const others = (async () => {
    while (!isDone) {
      await setImmediate()
      if (sessions.steps.length > 0) turns++
    }
  })()
  await sessions.done
  isDone = true
  await others
  clearInterval(alive)
  stop()
  const busy = sessions.steps.filter(ended => ended > 0)
  t.ok(busy.every(ended => ended <= 1024))
  t.ok(turns >= busy.length - 1, `${turns} turns between ${busy.length} steps`)
})

t.test('whoever has stopped it is not asked again', async t => {
  const sessions = overdue(100_000)
  let stop: () => void = () => undefined
  const stopped = new Promise<void>(resolve => {
    const sweep = (most: number): boolean => {
      const hasMore = sessions.sweep(most)
      if (sessions.steps.length === 3) {
        stop()
        resolve()
      }
      return hasMore
    }
    stop = startSweeping({ sweep }, 1)
  })
  const alive = setInterval(() => undefined, 1000)
  await stopped
  for (let turn = 0; turn < 5; turn++) await setImmediate()
  clearInterval(alive)
  t.equal(sessions.steps.length, 3)
})
