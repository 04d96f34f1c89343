import type { CheckResult } from '../runner/result.js'
import type { ClientCheck } from './check.js'
import { judgeClientCheck, notRun, type ClientEnvironment } from './judge-client.js'

/** What watches a run. */
export interface ClientObserver {
  planned?(total: number): void
  finished?(result: CheckResult): void
}

const byId = (a: CheckResult, b: CheckResult): number => (a.check < b.check ? -1 : a.check > b.check ? 1 : 0)

/**
 * Judges an initiator by `checks`: the prerequisites first, then all others, `jobs` at once. Every check ends in exactly one
 * state.
 * @throws NotStartable
 */
export const runClientChecks = async (
  checks: readonly ClientCheck[],
  environment: ClientEnvironment,
  jobs: number,
  observer: ClientObserver = {},
): Promise<CheckResult[]> => {
  observer.planned?.(checks.length)
  const results: CheckResult[] = []
  let missing: string | undefined
  const judge = async (check: ClientCheck): Promise<CheckResult> => {
    if (environment.signal.aborted) return notRun(check, environment, 'interrupted', 'the run was interrupted')
    if (missing !== undefined) return notRun(check, environment, 'prerequisite', `${missing} did not pass`)
    return judgeClientCheck(check, environment)
  }
  const take = async (check: ClientCheck): Promise<CheckResult> => {
    const result = await judge(check)
    observer.finished?.(result)
    results.push(result)
    return result
  }
  for (const check of checks.filter(({ prerequisite }) => prerequisite))
    if ((await take(check)).state !== 'pass') missing ??= check.id
  const rest = checks.filter(({ prerequisite }) => !prerequisite)
  const worker = async (): Promise<void> => {
    for (let check = rest.shift(); check; check = rest.shift()) await take(check)
  }
  await Promise.all(Array.from({ length: jobs }, worker))
  return results.sort(byId)
}
