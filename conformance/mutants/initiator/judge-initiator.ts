import { clientChecks } from '../../client/all.js'
import type { ClientCheck } from '../../client/check.js'
import type { ClientEnvironment } from '../../client/judge-client.js'
import { runClientChecks } from '../../client/run-client.js'
import type { CheckResult } from '../../runner/result.js'
import { inProcessClient } from './in-process.js'
import type { Wrong } from './mutant.js'

const TIMEOUT_MS = 5000

/** Long enough for an initiator to go on in this process, where it has nothing else to wait for. */
const QUIET_MS = 500

/** What shows over HTTP is judged over HTTP alone: half the work. */
const overOne = (check: ClientCheck): ClientCheck => ({ ...check, transports: check.transports.slice(0, 1) })

/**
 * Runs checks against the reference's initiator with a fault in it, in this process and over real loopback connections.
 * @param only ids of the checks, each of which is then made over one transport; else all of them, over all
 */
export const judgeInitiator = (
  wrong: Wrong,
  only?: readonly string[],
  suite: readonly ClientCheck[] = clientChecks,
): Promise<CheckResult[]> => {
  const environment: ClientEnvironment = {
    client: inProcessClient(wrong),
    timeoutMs: TIMEOUT_MS,
    quietMs: QUIET_MS,
    seed: new Uint8Array(1),
    salt: new Uint8Array(1),
    levelOf: () => 'MUST',
    signal: new AbortController().signal,
  }
  const chosen = only === undefined ? suite : suite.filter(({ id }) => only.includes(id)).map(overOne)
  return runClientChecks(chosen, environment, 4)
}
