import { createIdentity } from '../../reference/agent/identity.js'
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

/**
 * Runs checks against the reference with a fault in it, over real loopback HTTP and under a clock that both share, so
 * that an hour passes in no time and borders are exact.
 * @param only ids of the checks; all of them by default
 * @param suite the checks that there are
 */
export const judgeFault = async (
  fault: Fault,
  only: readonly string[] = [],
  suite: readonly Check[] = checks,
): Promise<CheckResult[]> => {
  const clock = new FakeClock()
  const agent = await createResponder({ identity: createIdentity(), clock }, fault(honestSeams))
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
