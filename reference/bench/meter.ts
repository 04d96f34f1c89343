import { monitorEventLoopDelay, PerformanceObserver, type IntervalHistogram } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import type { Figures } from './bench-case.js'

/** The clocks of a round. */
export interface Stopwatch {
  /** Milliseconds of a clock that never goes back. */
  wall(): number
  /** Microseconds of CPU that this process has used. */
  cpu(): number
}

/** The clocks of this machine. */
export const systemStopwatch: Stopwatch = {
  wall: () => performance.now(),
  cpu: () => {
    const { user, system } = process.cpuUsage()
    return user + system
  },
}

/** Watches what this process uses: CPU, garbage collector, and how late its event loop is. */
export class Meter {
  private collected = 0
  private cpuBefore = 0
  private readonly delay: IntervalHistogram = monitorEventLoopDelay({ resolution: 1 })
  private readonly observer = new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) this.collected += duration
  })

  constructor(private readonly stopwatch: Stopwatch = systemStopwatch) {}

  begin(): void {
    this.observer.observe({ entryTypes: ['gc'] })
    this.delay.reset()
    this.delay.enable()
    this.collected = 0
    this.cpuBefore = this.stopwatch.cpu()
  }

  /** What was used since {@link begin}: `cpu` and `gc` in microseconds, `delay` in milliseconds. */
  async end(): Promise<Figures> {
    const cpu = this.stopwatch.cpu() - this.cpuBefore
    this.delay.disable()
    // The collector's entries are handed out by a task of the event loop.
    await setImmediate()
    await setImmediate()
    this.observer.disconnect()
    return { cpu, gc: this.collected * 1000, delay: Math.max(0, this.delay.percentile(99) / 1e6 - 1) }
  }
}
