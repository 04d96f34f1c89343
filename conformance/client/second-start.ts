import type { Fault } from '../played/fault.js'
import type { Run } from './check.js'
import { isAnswered } from './client.js'
import { Trial, type Bench, type Conditions } from './trial.js'
import { variableIgnored } from './variables.js'
import { describeOutcome, judgeAnswered, withoutWebSocket, type Found } from './verdict.js'

// A machine that stalls looks like an initiator that hangs, or that does nothing of what its environment tells it. Before
// either counts CMD is started once more (spec/decisions/0009): nothing is sent again in the run that there was.

/** Is it for its time alone that a run is found wanting? */
export const isHang = (found: Found): boolean =>
  found !== undefined && 'reasonCode' in found && found.reasonCode === 'hang'

/** Is it open, after a run with an honest responder, whether the initiator or the machine was at fault? */
export const isInDoubt = (run: Run): boolean => {
  if (isHang(judgeAnswered(run))) return true
  // Who has given the answer, and without what it was told to use, does not know that.
  if (isAnswered(run.outcome)) return false
  return variableIgnored(run) !== undefined || (run.task.transport === 'ws' && withoutWebSocket(run) !== undefined)
}

/**
 * The same once more: CMD is started again, against a responder whose entropy is its own, so that a second start changes
 * nothing in the runs that come after.
 * @param name of the responder of the first start
 */
export const startAgain = async (
  before: Run,
  { name, step, fault }: { readonly name: string; readonly step: string; readonly fault?: Fault },
  conditions: Conditions,
  bench: Bench,
): Promise<Run> => {
  const trial = await Trial.begin(`${name}\n${step}\nsecond start`, conditions, bench)
  try {
    return { ...(await trial.run(step, fault)), before }
  } finally {
    await trial.close()
  }
}

/** How the first start ended, where there was a second. */
export const describeFirstStart = ({ step, before }: Run): string | undefined =>
  before && `CMD was started a second time (${step}); the first time: ${describeOutcome(before.outcome)}`
