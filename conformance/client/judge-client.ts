import type { Transport } from '../../schemas/index.js'
import { worstOf, type CaseResult, type CheckResult, type State } from '../runner/result.js'
import { NotStartable } from '../vectors/child-peer.js'
import type { ClientCheck, Run } from './check.js'
import type { HonestRuns } from './honest-runs.js'
import { describeFirstStart, isHang, startAgain } from './second-start.js'
import { Trial, type Bench } from './trial.js'
import { variableIgnored } from './variables.js'
import { describeOutcome, judgeAnswered, judgeHeeded, judgeRefused, withoutWebSocket, type Found } from './verdict.js'

/** What all checks of a run share. */
export interface ClientEnvironment extends Bench {
  readonly levelOf: (requirement: string) => string
  readonly signal: AbortSignal
}

/** A check, over one transport. */
export interface PlannedCheck {
  readonly check: ClientCheck
  readonly transport: Transport
}

type Judged = Pick<CaseResult, 'state' | 'reasonCode' | 'expected' | 'observed'>

const weigh = (found: Found, runs: readonly Run[]): Judged => {
  if (!found)
    return { state: 'pass', reasonCode: '', observed: runs.map(({ outcome }) => describeOutcome(outcome)).join('; ') }
  if ('notObserved' in found) return { state: 'not-observed', reasonCode: 'client', observed: found.notObserved }
  if ('inconclusive' in found)
    return { state: 'inconclusive', reasonCode: found.inconclusive, observed: found.observed }
  const { reasonCode, expected, observed } = found
  return { state: 'fail', reasonCode, expected, observed }
}

/** Why what follows cannot be judged, seen from the honest run before it. */
const judgeTwin = (twin: Run): Found => {
  const { seen, outcome, task } = twin
  const ignored = variableIgnored(twin)
  if (ignored !== undefined) return { notObserved: `the initiator does not take ${ignored}` }
  const found = judgeAnswered(twin)
  if (found)
    return { inconclusive: 'twin', observed: `the honest responder: ${found.observed} (${describeOutcome(outcome)})` }
  if (task.transport === 'ws' && seen.posted > 0)
    return { inconclusive: 'twin', observed: 'the honest responder: messages arrived over HTTP' }
  return undefined
}

const closed = (name: string, judged: Judged, ...runs: readonly Run[]): CaseResult => {
  const said = [judged.observed, ...runs.map(describeFirstStart)].filter(text => text !== undefined)
  return {
    name,
    ...judged,
    ...(said.length > 0 && { observed: said.join('; ') }),
    clock: [],
    transcript: runs.flatMap(({ before, transcript }) => [...(before?.transcript ?? []), ...transcript]),
  }
}

const judgeFault = (run: Run, kind: Exclude<ClientCheck['kind'], { readonly name: 'watches' }>): Found => {
  switch (kind.name) {
    case 'accepts':
      return judgeAnswered(run)
    case 'heeds':
      return judgeHeeded(run, kind.look)
    case 'refuses':
      return judgeRefused(run, kind.at, kind.closes)
  }
}

const judgeFaults = async (
  { check, transport }: PlannedCheck,
  twin: Run,
  environment: ClientEnvironment,
): Promise<CaseResult[]> => {
  const { kind, circumstances } = check
  if (kind.name === 'watches') return []
  const trial = await Trial.begin(check.id, { circumstances, transport }, environment)
  const results: CaseResult[] = []
  try {
    for (const { name, fault } of kind.cases) {
      if (environment.signal.aborted) return [...results, closed(name, { state: 'blocked', reasonCode: 'interrupted' })]
      const first = await trial.run('fault', fault)
      const again = { name: `${check.id}\n${name}`, step: 'fault', fault }
      const run = isHang(judgeFault(first, kind))
        ? await startAgain(first, again, trial.conditions, environment)
        : first
      const found = judgeFault(run, kind)
      // The twin stands before the first case.
      results.push(closed(name, weigh(found, [run]), ...(results.length === 0 ? [twin, run] : [run])))
    }
  } finally {
    await trial.close()
  }
  return results
}

const judgeCases = async (
  planned: PlannedCheck,
  environment: ClientEnvironment,
  honest: HonestRuns,
): Promise<CaseResult[]> => {
  const { check, transport } = planned
  const { kind, circumstances } = check
  const twin = await honest.get('twin', { circumstances, transport })
  if (kind.name === 'watches') {
    const runs = [twin, await honest.get('again', { circumstances, transport })] as const
    return [closed('', weigh(kind.look(runs), runs), ...runs)]
  }
  const unfit = judgeTwin(twin)
  return unfit ? [closed('', weigh(unfit, [twin]), twin)] : judgeFaults(planned, twin, environment)
}

/** Result of a check that was not run. */
export const notRun = (
  { check, transport }: PlannedCheck,
  { levelOf }: Pick<ClientEnvironment, 'levelOf'>,
  state: State,
  reasonCode: string,
  observed: string,
): CheckResult => {
  const { id, requirement, also } = check
  return {
    check: id,
    requirement,
    also,
    level: levelOf(requirement),
    transport,
    state,
    reasonCode,
    observed,
    cases: [],
  }
}

const resultOf = (
  { check, transport }: PlannedCheck,
  environment: ClientEnvironment,
  cases: readonly CaseResult[],
): CheckResult => {
  const { id, requirement, also } = check
  const worst = worstOf(cases)
  const { state, reasonCode, expected, observed, name } = worst ?? {
    state: 'error' as const,
    reasonCode: 'no-case',
    name: '',
  }
  const said = observed !== undefined && name !== '' ? `${name}: ${observed}` : observed
  return {
    check: id,
    requirement,
    also,
    level: environment.levelOf(requirement),
    transport,
    state,
    reasonCode,
    ...(expected !== undefined && { expected }),
    ...(said !== undefined && state !== 'pass' && { observed: said }),
    cases,
  }
}

/**
 * Judges one check over one transport: the honest responder first, and then the same one with the fault. What the suite gets
 * wrong is a result too.
 * @throws NotStartable
 */
export const judgeClientCheck = async (
  planned: PlannedCheck,
  environment: ClientEnvironment,
  honest: HonestRuns,
): Promise<CheckResult> => {
  const { transport } = planned
  try {
    const plain = transport === 'ws' ? await honest.get('twin', { circumstances: {}, transport }) : undefined
    const unused = plain && withoutWebSocket(plain)
    if (plain && unused !== undefined) {
      const observed = [unused, describeFirstStart(plain)].filter(text => text !== undefined).join('; ')
      return notRun(planned, environment, 'skip', 'no-websocket', observed)
    }
    return resultOf(planned, environment, await judgeCases(planned, environment, honest))
  } catch (cause) {
    if (cause instanceof NotStartable) throw cause
    const observed = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    const failed = { name: '', state: 'error', reasonCode: 'suite-fault', observed, clock: [], transcript: [] } as const
    return resultOf(planned, environment, [failed])
  }
}
