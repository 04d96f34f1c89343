import { setTimeout as delay } from 'node:timers/promises'

/** Time as the runner knows it. */
export interface Clock {
  /** Can the target's clock be trusted to agree with this one to the nanosecond? Only a fake clock can. */
  readonly exact: boolean
  /** Nanoseconds from the Unix epoch. */
  now(): bigint
  /** Lets `seconds` pass, or says at once that this run has not the patience. */
  elapse(seconds: number): Promise<'elapsed' | 'too-long'>
}

/** The clock of this machine; waits for real, up to `patienceSeconds` at a time. */
export const createRealClock = (patienceSeconds: number): Clock => ({
  exact: false,
  now: () => BigInt(Date.now()) * 1_000_000n,
  elapse: async seconds => {
    if (seconds > patienceSeconds) return 'too-long'
    await delay(seconds * 1000)
    return 'elapsed'
  },
})
