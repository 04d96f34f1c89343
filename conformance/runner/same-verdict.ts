import { transports } from '../../schemas/index.js'
import type { Broken } from './judgement.js'
import { broken } from './judgement.js'
import type { CheckResult } from './result.js'

/** A check whose verdicts over the two transports differ. */
export interface Difference {
  readonly check: string
  readonly found: Broken
}

/** What a comparison of the verdicts over all transports comes to. */
export interface Comparison {
  /** Checks with a verdict over each transport. */
  readonly compared: number
  readonly differences: readonly Difference[]
}

const isVerdict = ({ state }: CheckResult): boolean => state === 'pass' || state === 'warn' || state === 'fail'

const described = ({ state, transport, observed }: CheckResult): string =>
  observed === undefined ? `${state} over ${transport}` : `${state} over ${transport} (${observed})`

/** Compares the verdicts over HTTP with those over WebSocket, check by check. */
export const compareTransports = (results: readonly CheckResult[]): Comparison => {
  const verdicts = results.filter(isVerdict)
  const pairs = [...new Set(verdicts.map(({ check }) => check))]
    .map(check => [check, verdicts.filter(verdict => verdict.check === check)] as const)
    .filter(([, of]) => of.length === transports.length)
  const differences = pairs
    .filter(([, of]) => new Set(of.map(({ state }) => state)).size > 1)
    .map(([check, of]) => ({
      check,
      found: broken('differs', 'the same verdict over both transports', of.map(described).join(', ')),
    }))
  return { compared: pairs.length, differences }
}
