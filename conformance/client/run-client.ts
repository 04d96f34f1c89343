import { transports, type Transport } from '../../schemas/index.js'
import { STOPPED, type CheckResult } from '../runner/result.js'
import type { ClientCheck } from './check.js'
import { HonestRuns } from './honest-runs.js'
import { judgeClientCheck, notRun, type ClientEnvironment, type PlannedCheck } from './judge-client.js'

/** What watches a run. */
export interface ClientObserver {
  planned?(total: number): void
  finished?(result: CheckResult): void
}

const inOrder = (a: CheckResult, b: CheckResult): number => {
  const [one, other] = a.check === b.check ? [a.transport, b.transport] : [a.check, b.check]
  return one < other ? -1 : one > other ? 1 : 0
}

/**
 * Judges an initiator by `checks`, over each of the transports `over` that a check is made over: the prerequisites first,
 * then all others, `jobs` at once. Every check ends in exactly one state; what is missing over one transport blocks nothing
 * over the other. After a result that `isEnd` nothing more is begun.
 * @throws NotStartable
 */
export const runClientChecks = async (
  checks: readonly ClientCheck[],
  environment: ClientEnvironment,
  jobs: number,
  observer: ClientObserver = {},
  over: readonly Transport[] = transports,
  isEnd: (result: CheckResult) => boolean = () => false,
): Promise<CheckResult[]> => {
  const plan = over.flatMap(transport =>
    checks.filter(check => check.transports.includes(transport)).map((check): PlannedCheck => ({ check, transport })),
  )
  observer.planned?.(plan.length)
  const honest = new HonestRuns(environment)
  const results: CheckResult[] = []
  const missing = new Map<Transport, string>()
  const judge = async (planned: PlannedCheck): Promise<CheckResult> => {
    const lacking = missing.get(planned.transport)
    if (results.some(isEnd))
      return notRun(planned, environment, 'not-observed', STOPPED, 'the run stopped at the first failure')
    const interrupted = (): CheckResult =>
      notRun(planned, environment, 'blocked', 'interrupted', 'the run was interrupted')
    if (environment.signal.aborted) return interrupted()
    if (lacking !== undefined) return notRun(planned, environment, 'blocked', 'prerequisite', lacking)
    const result = await judgeClientCheck(planned, environment, honest)
    // What ended the initiator may have been the interruption, and is none of its faults.
    return environment.signal.aborted ? interrupted() : result
  }
  const take = async (planned: PlannedCheck): Promise<CheckResult> => {
    const result = await judge(planned)
    observer.finished?.(result)
    results.push(result)
    return result
  }
  try {
    for (const planned of plan.filter(({ check }) => check.prerequisite)) {
      const { state } = await take(planned)
      const { transport, check } = planned
      if (state !== 'pass' && state !== 'skip' && !missing.has(transport))
        missing.set(transport, `${check.id} did not pass over ${transport}`)
    }
    const rest = plan.filter(({ check }) => !check.prerequisite)
    const worker = async (): Promise<void> => {
      for (let planned = rest.shift(); planned; planned = rest.shift()) await take(planned)
    }
    await Promise.all(Array.from({ length: jobs }, worker))
  } finally {
    await honest.close()
  }
  return results.sort(inOrder)
}
