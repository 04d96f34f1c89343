import type { Clock as ReferenceClock } from '../../reference/agent/clock.js'
import type { Clock } from '../runner/clock.js'

/** A clock that stands still until it is told to go on: one for the judge and for whom it judges. */
export class FakeClock implements Clock, ReferenceClock {
  readonly exact = true
  #elapsed = 0n

  /** @param start nanoseconds from the Unix epoch */
  constructor(readonly start: bigint = 1_790_000_000_000_000_000n) {}

  now(): bigint {
    return this.start + this.#elapsed
  }

  monotonic(): number {
    return Number(this.#elapsed / 1_000_000n)
  }

  elapse(seconds: number): Promise<'elapsed'> {
    this.#elapsed += BigInt(Math.round(seconds * 1000)) * 1_000_000n
    return Promise.resolve('elapsed')
  }
}
