import { parseTime } from '../probe/bytes/time.js'
import type { Check } from './check.js'
import { createKit, judgeCheck, notRun, type Environment } from './judge-check.js'
import { planChecks, type Planned } from './plan.js'
import { Recorder, type Evidence } from './recorder.js'
import type { CheckResult } from './result.js'

/** Place of the measurement of the target's clock. */
export const SKEW = 'skew'

/** How a run is to go. */
export interface RunOptions {
  readonly only: readonly string[]
  readonly skip: readonly string[]
  /** Checks under way at once. */
  readonly jobs: number
}

/** What watches a run. */
export interface RunObserver {
  begin?(target: string): void
  planned?(total: number): void
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
const measureSkew = async (environment: Environment): Promise<Evidence> => {
  const { world } = environment
  const recorder = new Recorder(world.scene(SKEW))
  const kit = createKit(environment, recorder, SKEW)
  const before = recorder.clock.now()
  const answer = await kit.shakeHands()
  if (answer.kind === 'session') {
    const middle = (before + recorder.clock.now()) / 2n
    await kit.finish()
    world.skew += parseTime(answer.data.ts) - middle
  }
  return recorder.evidence
}

/** What came of a run. */
export interface Ran {
  /** By the ids of the checks. */
  readonly results: readonly CheckResult[]
  /** How the target's clock was measured, where it came to that. */
  readonly skew?: Evidence
}

/**
 * Runs the checks that `options` select, over HTTP. Every planned check ends in exactly one state.
 * @throws UnknownSelection before anything is sent
 */
export const runChecks = async (
  checks: readonly Check[],
  environment: Environment,
  options: RunOptions,
  observer: RunObserver = {},
): Promise<Ran> => {
  const plan = planChecks(checks, 'http', options.only, options.skip)
  observer.planned?.(plan.prerequisites.length + plan.together.length + plan.alone.length)
  const watched = (result: CheckResult): CheckResult => {
    observer.finished?.(result)
    return result
  }
  const results: CheckResult[] = []
  let missing: string | undefined
  const judge = async (planned: Planned): Promise<CheckResult> =>
    watched(
      missing === undefined
        ? await judgeCheck(planned, environment)
        : notRun(planned, environment, 'blocked', 'prerequisite', `${missing} did not pass`),
    )
  for (const planned of plan.prerequisites) {
    const result = await judge(planned)
    if (result.state !== 'pass' && result.state !== 'warn') missing ??= planned.check.id
    results.push(result)
  }
  const skew = missing === undefined ? { skew: await measureSkew(environment) } : {}
  results.push(...(await inParallel(plan.together, options.jobs, judge)))
  for (const planned of plan.alone) results.push(await judge(planned))
  return { results: results.sort((a, b) => (a.check < b.check ? -1 : a.check > b.check ? 1 : 0)), ...skew }
}
