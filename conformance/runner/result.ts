import type { RequirementId, Transport } from '../../schemas/index.js'
import type { Evidence } from './recorder.js'

/**
 * The states in which a planned check ends, exactly one each (suite promise "fail closed"):
 * `warn` a SHOULD that did not hold; `skip` a capability that is not declared; `blocked` something that it depends on
 * failed; `not-observed` beyond the target's limits or the run's patience; `inconclusive` the target gave no verdict;
 * `error` the suite's own fault.
 */
export const states = ['pass', 'fail', 'warn', 'skip', 'blocked', 'not-observed', 'inconclusive', 'error'] as const

/** A state. */
export type State = (typeof states)[number]

/** What came of one case of a check. */
export interface CaseResult extends Evidence {
  /** Name of the case; empty where the check has just one. */
  readonly name: string
  readonly state: State
  /** Short and stable; empty for `pass`. */
  readonly reasonCode: string
  readonly expected?: string
  readonly observed?: string
}

/** What came of one check over one transport. */
export interface CheckResult {
  readonly check: string
  readonly requirement: RequirementId
  readonly also: readonly RequirementId[]
  readonly level: string
  readonly transport: Transport
  readonly state: State
  readonly reasonCode: string
  /** It fails as the baseline says, and so does not fail the run. */
  readonly known?: true
  readonly expected?: string
  readonly observed?: string
  readonly cases: readonly CaseResult[]
}

/** Reason code of what was not begun any more after the first failure. */
export const STOPPED = 'stopped'

/** The verdicts, and the exit status of each. */
export const exitStatusOf = {
  conformant: 0,
  'conformant but for known failures': 0,
  'not conformant': 1,
  incomplete: 3,
  'suite error': 4,
} as const

/** A verdict. */
export type Verdict = keyof typeof exitStatusOf

/** How bad a state is: the worst case of a check decides. */
const severity: readonly State[] = ['error', 'fail', 'warn', 'inconclusive', 'blocked', 'not-observed', 'skip', 'pass']

/** The worst of the cases; the first of several as bad. */
export const worstOf = <Case extends Pick<CaseResult, 'state'>>(cases: readonly Case[]): Case | undefined =>
  severity.map(state => cases.find(one => one.state === state)).find(one => one !== undefined)

/** Does it count against the target? Under `strict` a SHOULD that did not hold does too. */
export const isFailure = ({ state }: Pick<CheckResult, 'state'>, strict: boolean): boolean =>
  state === 'fail' || (strict && state === 'warn')

/**
 * The verdict that the states of all planned checks add up to. Nothing judged is no verdict. Failures that are known do not
 * count, as long as the list of them is not `stale`: in need of being mended.
 */
export const verdictOf = (
  results: readonly Pick<CheckResult, 'state' | 'known'>[],
  strict: boolean,
  stale = false,
): Verdict => {
  const has = (...wanted: State[]): boolean => results.some(({ state }) => wanted.includes(state))
  const failures = results.filter(result => isFailure(result, strict))
  if (has('error')) return 'suite error'
  if (stale || failures.some(({ known }) => !known)) return 'not conformant'
  if (has('inconclusive', 'blocked') || !has('pass', 'warn')) return 'incomplete'
  return failures.length > 0 ? 'conformant but for known failures' : 'conformant'
}

/** How many checks ended in each state. */
export const countStates = (results: readonly Pick<CheckResult, 'state'>[]): Record<State, number> =>
  Object.fromEntries(states.map(state => [state, results.filter(result => result.state === state).length])) as Record<
    State,
    number
  >
