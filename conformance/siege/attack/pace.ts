/** Milliseconds by which an attacker may be late and make up for it. */
const LATE_MS = 10

/**
 * Lets so many units pass a second until the signal is raised. What a slow machine could not send in time is not made up for:
 * and between one unit and the next the event loop has its turn, in which the signal may come.
 */
export const paceOf = (rate: number, signal: AbortSignal): (() => Promise<boolean>) => {
  let due = performance.now()
  return async () => {
    const now = performance.now()
    due = Math.max(due + 1000 / rate, now - LATE_MS)
    const left = due - now
    await new Promise<void>(resolve => (left > 0 ? setTimeout(resolve, left) : setImmediate(resolve)))
    return !signal.aborted
  }
}
