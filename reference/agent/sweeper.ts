/** Milliseconds from one look for sessions that are over to the next. */
const EVERY_MS = 1_000

/** Sessions that are ended in one go: about a millisecond's work. */
const STEP = 1024

/** Something that ends sessions, so many at most, and says whether there may be more to end. */
export interface Sweepable {
  sweep(most: number): boolean
}

/**
 * Ends sessions at their time. Where many are over at once, requests are answered between one step and the next. Keeps no
 * process alive.
 * @returns ends it
 */
export const startSweeping = (sessions: Sweepable, everyMs = EVERY_MS): (() => void) => {
  let isStopped = false
  let isGoing = false
  const goOn = (): void => {
    isGoing = !isStopped && sessions.sweep(STEP)
    if (isGoing) setImmediate(goOn).unref()
  }
  const timer = setInterval(() => {
    if (!isGoing) goOn()
  }, everyMs).unref()
  return () => {
    isStopped = true
    clearInterval(timer)
  }
}
