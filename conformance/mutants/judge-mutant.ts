import { createIdentity } from '../../reference/agent/identity.js'
import type { ServeOptions } from '../../reference/agent/agent.js'
import { honestSeams } from '../../reference/agent/honest-seams.js'
import { createResponder } from '../../reference/agent/responder.js'
import { checks } from '../checks/index.js'
import type { Check } from '../runner/check.js'
import { discover } from '../runner/discover.js'
import type { CheckResult } from '../runner/result.js'
import { runChecks } from '../runner/run.js'
import { loadRequirementSet } from '../trace/requirement-set.js'
import { FakeClock } from './fake-clock.js'
import type { Fault } from './responder/mutant.js'

const TIMEOUT_MS = 300

/** The fault of a responder that has none. */
export const honest: Fault = seams => seams

/** What is judged, and how. */
export interface Trial {
  /** Ids of the checks; all of them by default. */
  readonly only?: readonly string[]
  /** The checks that there are; those of the suite by default. */
  readonly suite?: readonly Check[]
  /** How the responder is run. */
  readonly serve?: Partial<ServeOptions> | undefined
}

/**
 * Runs checks against the reference with a fault in it, over real loopback HTTP and under a clock that both share, so
 * that an hour passes in no time and borders are exact.
 */
export const judgeFault = async (fault: Fault, { only = [], suite = checks, serve }: Trial = {}): Promise<CheckResult[]> => {
  const clock = new FakeClock()
  const agent = await createResponder({ ...serve, identity: createIdentity(), clock }, fault(honestSeams))
  try {
    const reach = { timeoutMs: TIMEOUT_MS }
    const found = await discover(new URL(agent.url), {}, reach, clock)
    if (found.kind === 'nothing') throw new Error(found.why)
    const levels = new Map(loadRequirementSet().requirements.map(({ id, level }) => [id as string, level as string]))
    const environment = {
      surroundings: { target: found.target, resolve: found.resolve, reach },
      clock,
      skew: 0n,
      seed: new Uint8Array(1),
      salt: new Uint8Array(1),
      levelOf: (id: string) => levels.get(id) ?? 'MUST',
      signal: new AbortController().signal,
    }
    // One at a time: a check that lets an hour pass would end the sessions of the others.
    return await runChecks(suite, environment, { only, skip: [], jobs: 1 })
  } finally {
    await agent.close()
  }
}
