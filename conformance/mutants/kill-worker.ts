import { createHash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import { checks } from '../checks/index.js'
import { mutants } from './index.js'
import { judgeFault } from './judge-mutant.js'

/** What the main thread asks for: one mutant, and how many checks beside those that name it. */
export interface KillTask {
  readonly mutant: string
  readonly bystanders: number
}

/** What came of it. */
export interface KillResult {
  readonly mutant: string
  /** Reason code of each check that names the mutant and found it. */
  readonly killedBy: Readonly<Record<string, string>>
  /** Checks that name the mutant and did not find it, and how they ended. */
  readonly missedBy: Readonly<Record<string, string>>
  /** Other checks that found something too. */
  readonly beside: readonly string[]
  /** Checks that ended in a fault of the suite's own. */
  readonly errors: readonly string[]
}

/** A choice of checks beside those that name a mutant, the same for the same mutant. */
const bystandersOf = (mutant: string, named: readonly string[], count: number): string[] => {
  const rank = (id: string): string => createHash('sha256').update(`${mutant}\n${id}`).digest('hex')
  return checks
    .filter(({ id, prerequisite }) => !prerequisite && !named.includes(id))
    .map(({ id }) => ({ id, rank: rank(id) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ id }) => id)
}

/** Judges one mutant. */
export const killMutant = async ({ mutant: name, bystanders }: KillTask): Promise<KillResult> => {
  const mutant = mutants.find(each => each.name === name)
  if (!mutant) throw new Error(`no mutant is called ${name}`)
  const { kills, fault, serve } = mutant
  const results = await judgeFault(fault, { only: [...kills, ...bystandersOf(name, kills, bystanders)], serve })
  const isFinding = (state: string): boolean => state === 'fail' || state === 'warn'
  const named = results.filter(({ check }) => kills.includes(check))
  const entries = (found: boolean): [string, string][] =>
    named
      .filter(({ state }) => isFinding(state) === found)
      .map(({ check, state, reasonCode }) => [check, found ? reasonCode : `${state} ${reasonCode}`.trim()])
  return {
    mutant: name,
    killedBy: Object.fromEntries(entries(true)),
    missedBy: Object.fromEntries(entries(false)),
    beside: results.filter(({ check, state }) => !kills.includes(check) && isFinding(state)).map(({ check }) => check),
    errors: results.filter(({ state }) => state === 'error').map(({ check }) => check),
  }
}

parentPort?.on('message', (task: KillTask) => {
  void killMutant(task).then(
    result => parentPort?.postMessage(result),
    (cause: unknown) => {
      throw cause
    },
  )
})
