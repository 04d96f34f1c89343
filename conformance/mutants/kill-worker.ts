import { createHash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import { checks } from '../checks/index.js'
import { clientChecks } from '../client/all.js'
import type { CheckResult } from '../runner/result.js'
import { mutants } from './index.js'
import { initiatorMutants } from './initiator/all.js'
import { judgeInitiator } from './initiator/judge-initiator.js'
import { judgeFault, transportsOf } from './judge-mutant.js'

/** The role in which a mutant is wrong. */
export type Role = 'responder' | 'initiator'

/** What the main thread asks for: one mutant, and how many checks beside those that name it. */
export interface KillTask {
  readonly role: Role
  readonly mutant: string
  readonly bystanders: number
}

/** What came of it. */
export interface KillResult extends KillTask {
  /** Reason code of each check that names the mutant and found it. */
  readonly killedBy: Readonly<Record<string, string>>
  /** Checks that name the mutant and did not find it, and how they ended. */
  readonly missedBy: Readonly<Record<string, string>>
  /** Other checks that found something too. */
  readonly beside: readonly string[]
  /** Checks that ended in a fault of the suite's own. */
  readonly errors: readonly string[]
}

interface Judgeable {
  readonly kills: readonly string[]
  /** The checks that there are for its role. */
  readonly suite: readonly { readonly id: string; readonly prerequisite: boolean }[]
  readonly judge: (only: readonly string[]) => Promise<readonly CheckResult[]>
}

const find = ({ role, mutant: name }: KillTask): Judgeable | undefined => {
  if (role === 'initiator') {
    const found = initiatorMutants.find(each => each.name === name)
    return found && { kills: found.kills, suite: clientChecks, judge: only => judgeInitiator(found, only) }
  }
  const found = mutants.find(each => each.name === name)
  return (
    found && {
      kills: found.kills,
      suite: checks,
      judge: only => judgeFault(found.fault, { only, serve: found.serve, transports: transportsOf(found.kills) }),
    }
  )
}

/** A choice of checks beside those that name a mutant, the same for the same mutant. */
const bystandersOf = (mutant: string, { suite, kills }: Judgeable, count: number): string[] => {
  const rank = (id: string): string => createHash('sha256').update(`${mutant}\n${id}`).digest('hex')
  return suite
    .filter(({ id, prerequisite }) => !prerequisite && !kills.includes(id))
    .map(({ id }) => ({ id, rank: rank(id) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ id }) => id)
}

const isFinding = ({ state }: CheckResult): boolean => state === 'fail' || state === 'warn'

/** Judges one mutant. */
export const killMutant = async (task: KillTask): Promise<KillResult> => {
  const judgeable = find(task)
  if (!judgeable) throw new Error(`no ${task.role} is called ${task.mutant}`)
  const { kills } = judgeable
  const results = await judgeable.judge([...kills, ...bystandersOf(task.mutant, judgeable, task.bystanders)])
  const named = results.filter(({ check }) => kills.includes(check))
  const found = new Set(named.filter(isFinding).map(({ check }) => check))
  return {
    ...task,
    killedBy: Object.fromEntries(named.filter(isFinding).map(({ check, reasonCode }) => [check, reasonCode])),
    missedBy: Object.fromEntries(
      named
        .filter(({ check }) => !found.has(check))
        .map(({ check, state, reasonCode }) => [check, `${state} ${reasonCode}`.trim()]),
    ),
    beside: results.filter(result => !kills.includes(result.check) && isFinding(result)).map(({ check }) => check),
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
