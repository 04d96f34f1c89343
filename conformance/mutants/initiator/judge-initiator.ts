import { clientChecks } from '../../client/all.js'
import type { ClientCheck } from '../../client/check.js'
import type { ClientEnvironment } from '../../client/judge-client.js'
import { runClientChecks } from '../../client/run-client.js'
import type { CheckResult } from '../../runner/result.js'
import { inProcessClient } from './in-process.js'
import type { Wrong } from './mutant.js'

const TIMEOUT_MS = 5000

/**
 * Runs checks against the reference's initiator with a fault in it, in this process and over real loopback HTTP.
 * @param only ids of the checks; all of them by default
 */
export const judgeInitiator = (
  wrong: Wrong,
  only?: readonly string[],
  suite: readonly ClientCheck[] = clientChecks,
): Promise<CheckResult[]> => {
  const environment: ClientEnvironment = {
    client: inProcessClient(wrong),
    timeoutMs: TIMEOUT_MS,
    seed: new Uint8Array(1),
    salt: new Uint8Array(1),
    levelOf: () => 'MUST',
    signal: new AbortController().signal,
  }
  const chosen = only === undefined ? suite : suite.filter(({ id }) => only.includes(id))
  return runClientChecks(chosen, environment, 4)
}
