import type { Transport } from '../../schemas/index.js'
import { parseTime } from '../probe/bytes/time.js'
import type { Check, SendingCheck } from './check.js'
import { createKit, judgeCheck, notRun, placeOf, resultOf, type Environment } from './judge-check.js'
import { planChecks, type Planned } from './plan.js'
import { Recorder, type Evidence } from './recorder.js'
import { STOPPED, type CaseResult, type CheckResult } from './result.js'
import { compareTransports } from './same-verdict.js'

/** Place of the measurement of the target's clock. */
export const SKEW = 'skew'

/** How a run is to go. */
export interface RunOptions {
  /** Over which the target is judged, as far as it has them. */
  readonly transports: readonly Transport[]
  readonly only: readonly string[]
  readonly skip: readonly string[]
  /** Checks under way at once. */
  readonly jobs: number
  /** A result after which nothing more is to be begun. */
  readonly isEnd?: (result: CheckResult) => boolean
}

/** What watches a run. */
export interface RunObserver {
  /** The run begins. */
  begin?(target: string): void
  /** So many checks are planned, each over one transport. */
  planned?(total: number): void
  /** A check has ended. */
  finished?(result: CheckResult): void
}

/** Runs `jobs` of `tasks` at once; the results are in the order of the tasks. */
const inParallel = async <Item, Result>(
  items: readonly Item[],
  jobs: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index]
      if (item !== undefined) results[index] = await work(item)
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, items.length)) }, worker))
  return results
}

/**
 * Measures how far the target's clock is ahead, by the time in an authenticated handshake response: better than the Date
 * header. Without one the estimate stays as it is.
 */
const measureSkew = async (environment: Environment, transport: Transport): Promise<Evidence> => {
  const { world } = environment
  const recorder = new Recorder(world.scene(SKEW))
  const kit = createKit(environment, recorder, SKEW, transport)
  const before = recorder.clock.now()
  const answer = await kit.shakeHands()
  if (answer.kind === 'session') {
    const middle = (before + recorder.clock.now()) / 2n
    await kit.finish()
    world.skew += parseTime(answer.data.ts) - middle
  }
  recorder.scene.leave()
  return recorder.evidence
}

/** What came of a run. */
export interface Ran {
  /** By the ids of the checks. */
  readonly results: readonly CheckResult[]
  /** How the target's clock was measured, where it came to that. */
  readonly skew?: Evidence
}

/** What the verdicts of all other checks say of a target that ought to be the same over every transport. */
const judgeSameness = (planned: Planned, environment: Environment, results: readonly CheckResult[]): CheckResult => {
  const { transport } = planned
  const { capabilities } = environment.surroundings.target
  if (!capabilities.has(transport))
    return notRun(planned, environment, 'skip', 'capability', `the target does not declare ${transport}`)
  const { compared, differences } = compareTransports(results)
  if (compared === 0)
    return notRun(
      planned,
      environment,
      'not-observed',
      'nothing-compared',
      'no check has a verdict over both transports',
    )
  const evidence = { clock: [], transcript: [] }
  const cases: CaseResult[] = differences.map(({ check, found }) => ({
    name: check,
    state: 'fail',
    ...found,
    ...evidence,
  }))
  return resultOf(
    planned,
    environment,
    cases.length > 0 ? cases : [{ name: '', state: 'pass', reasonCode: '', ...evidence }],
  )
}

/**
 * Runs the checks that `options` select, over every transport that the target has. Every planned check ends in exactly one
 * state; what is missing over one transport blocks nothing over the other.
 * @throws UnknownSelection before anything is sent
 */
export const runChecks = async (
  checks: readonly Check[],
  environment: Environment,
  options: RunOptions,
  observer: RunObserver = {},
): Promise<Ran> => {
  const { ws, capabilities } = environment.surroundings.target
  const has = (transport: Transport): boolean =>
    transport === 'http' || (ws !== undefined && capabilities.has(transport))
  const plan = planChecks(checks, options.transports, options.only, options.skip, has)
  observer.planned?.(Object.values(plan).reduce((total, part: readonly Planned[]) => total + part.length, 0))
  const { world } = environment
  const { isEnd = () => false } = options
  const watched = (result: CheckResult): CheckResult => {
    if (isEnd(result)) world.halt()
    observer.finished?.(result)
    return result
  }
  const unlessHalted = async (planned: Planned, judge: () => Promise<CheckResult> | CheckResult) =>
    watched(
      world.isHalted(placeOf(planned.check.id, planned.transport))
        ? notRun(planned, environment, 'not-observed', STOPPED, 'the run stopped at the first failure')
        : await judge(),
    )
  const results: CheckResult[] = []
  const missing = new Map<Transport, string>()
  const judge = (planned: Planned<SendingCheck>): Promise<CheckResult> =>
    unlessHalted(planned, () => {
      const lacking = missing.get(planned.transport)
      return lacking === undefined
        ? judgeCheck(planned, environment)
        : notRun(planned, environment, 'blocked', 'prerequisite', `${lacking} did not pass over ${planned.transport}`)
    })
  for (const planned of plan.prerequisites) {
    const result = await judge(planned)
    const { transport, check } = planned
    if (!['pass', 'warn', 'skip'].includes(result.state) && !missing.has(transport)) missing.set(transport, check.id)
    results.push(result)
  }
  const sound = options.transports.find(transport => has(transport) && !missing.has(transport))
  const skew = sound === undefined || results.some(isEnd) ? {} : { skew: await measureSkew(environment, sound) }
  results.push(...(await inParallel(plan.together, options.jobs, judge)))
  for (const planned of plan.alone) results.push(await judge(planned))
  for (const planned of plan.comparisons)
    results.push(await unlessHalted(planned, () => judgeSameness(planned, environment, results)))
  return { results: results.sort(inOrder), ...skew }
}

const inOrder = (a: CheckResult, b: CheckResult): number => {
  if (a.check !== b.check) return a.check < b.check ? -1 : 1
  return a.transport < b.transport ? -1 : a.transport > b.transport ? 1 : 0
}
