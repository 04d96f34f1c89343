const TICK_MS = 10

/** Lets so many units pass a second, evenly by hundredths of a second, until the signal is raised. */
export const paceOf = (rate: number, signal: AbortSignal): (() => Promise<boolean>) => {
  const began = performance.now()
  let passed = 0
  return async () => {
    for (;;) {
      if (signal.aborted) return false
      if (passed < (Math.floor((performance.now() - began) / TICK_MS) + 1) * (TICK_MS / 1000) * rate) break
      await new Promise(resolve => setTimeout(resolve, TICK_MS))
    }
    passed++
    return true
  }
}
