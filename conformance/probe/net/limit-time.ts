/**
 * Bytes that a line carries in a millisecond, at the least that is allowed for: a mebibyte a second. What is large is on its
 * way for long even where it is answered at once.
 */
const BYTES_PER_MS = 1048.576

/** Starts a timer and gives what ends it. */
export type StartTimer = (ms: number, then: () => void) => () => void

const startTimer: StartTimer = (ms, then) => {
  const timer = setTimeout(then, ms)
  return () => clearTimeout(timer)
}

/**
 * Calls `over` when `ms` have passed, and as much time more as it takes to carry the bytes that were `moved` until then.
 * @returns what ends the wait
 */
export const limitTime = (
  ms: number,
  moved: () => number,
  over: () => void,
  start: StartTimer = startTimer,
): (() => void) => {
  let allowed = 0
  let stop: () => void
  const goOn = (): void => {
    const more = Math.ceil(ms + moved() / BYTES_PER_MS) - allowed
    if (more <= 0) return over()
    allowed += more
    stop = start(more, goOn)
  }
  goOn()
  return () => stop()
}
