import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for so many milliseconds at least, or until `signal` is raised. Leaves no timer behind. */
export const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  const start = performance.now()
  // A timer may fire a little early: it counts from the turn of the event loop in which it was set.
  for (let left = ms; left > 0 && !signal.aborted; left = start + ms - performance.now())
    await sleep(Math.ceil(left), undefined, { signal }).catch(() => undefined)
}
