import type { Identity } from '../probe/initiator/target.js'
import { createEntropy } from '../probe/entropy.js'
import { Conversation, type Surroundings } from '../probe/initiator/conversation.js'
import type { Planned } from './plan.js'
import { Interruption, type Broken } from './judgement.js'
import { createProbeIdentity, Kit } from './kit.js'
import { worstOf, type CaseResult, type CheckResult } from './result.js'
import { casesOf, tryHandshake, tryMessage } from './trial.js'
import type { Clock } from './clock.js'

/** What all checks of a run share. */
export interface Environment {
  readonly surroundings: Omit<Surroundings, 'identity' | 'entropy' | 'now'>
  readonly clock: Clock
  /** How much the target's clock is ahead, in nanoseconds. */
  skew: bigint
  readonly seed: Uint8Array
  readonly salt: Uint8Array
  /** Identity that the caller gave; else each case makes its own. */
  readonly identity?: Identity | undefined
  readonly levelOf: (requirement: string) => string
  readonly signal: AbortSignal
  /** Set once the target has stopped answering: nothing after that can be judged. */
  lost?: string
}

/** One try of a case. */
interface Attempt {
  readonly name: string
  readonly run: (kit: Kit) => Promise<Broken | undefined>
}

const attemptsOf = ({ check }: Planned): Attempt[] => {
  if (check.kind === 'accepts') return [{ name: '', run: kit => check.spec.run(kit) }]
  const { spec } = check
  if (spec.subject === 'handshake')
    return casesOf(spec).map(one => ({ name: one.name, run: kit => tryHandshake(spec, one, kit) }))
  return casesOf(spec).map(one => ({ name: one.name, run: kit => tryMessage(spec, one, kit) }))
}

const kitFor = (environment: Environment, label: string): Kit => {
  const { surroundings, seed, salt, clock, identity } = environment
  const entropy = createEntropy(seed, salt, label)
  const now = (): bigint => clock.now() + environment.skew
  return new Kit(
    new Conversation({ ...surroundings, identity: identity ?? createProbeIdentity(entropy), entropy, now }),
    clock,
  )
}

/** A silence is no refusal: what it means depends on whether the target is still there. */
const weighSilence = async (
  found: Broken,
  kit: Kit,
  environment: Environment,
): Promise<Omit<CaseResult, 'name' | 'transcript'>> => {
  const { silence, ...said } = found
  if (!(await kit.isAlive())) {
    environment.lost = 'the target stopped answering'
    return {
      state: 'inconclusive',
      ...said,
      reasonCode: 'target-lost',
      observed: `${said.observed}, and then nothing answered any more`,
    }
  }
  if (silence === 'timeout') return { state: 'fail', ...said, reasonCode: 'no-answer' }
  return { state: 'inconclusive', ...said, reasonCode: 'connection-ended' }
}

const judgeAttempt = async (
  attempt: Attempt,
  kit: Kit,
  environment: Environment,
): Promise<Omit<CaseResult, 'name' | 'transcript'>> => {
  try {
    const found = await attempt.run(kit)
    if (environment.signal.aborted) return { state: 'blocked', reasonCode: 'interrupted' }
    if (!found) return { state: 'pass', reasonCode: '' }
    if (found.silence) return await weighSilence(found, kit, environment)
    const { reasonCode, expected, observed } = found
    return { state: 'fail', reasonCode, expected, observed }
  } catch (cause) {
    if (environment.signal.aborted) return { state: 'blocked', reasonCode: 'interrupted' }
    if (cause instanceof Interruption)
      return { state: cause.state, reasonCode: cause.reasonCode, observed: cause.message }
    const observed = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    return { state: 'error', reasonCode: 'suite-fault', observed }
  }
}

/** A target that was busy is asked once more, when it says it will be ready and the run has the patience. */
const judgeCase = async (attempt: Attempt, label: string, environment: Environment): Promise<CaseResult> => {
  for (let round = 0; ; round++) {
    const kit = kitFor(environment, round === 0 ? label : `${label}\nround ${round}`)
    const judged = await judgeAttempt(attempt, kit, environment)
    if (!environment.signal.aborted && !environment.lost) await kit.finish()
    const again = judged.reasonCode === 'busy' && round === 0 && (await environment.clock.elapse(1)) === 'elapsed'
    if (!again) return { name: attempt.name, ...judged, transcript: kit.conversation.transcript }
  }
}

/** Result of a check that was not run. */
export const notRun = (
  { check, transport }: Planned,
  environment: Pick<Environment, 'levelOf'>,
  state: 'skip' | 'blocked' | 'not-observed',
  reasonCode: string,
  observed: string,
): CheckResult => ({
  check: check.id,
  requirement: check.requirement,
  also: check.also,
  level: environment.levelOf(check.requirement),
  transport,
  state,
  reasonCode,
  observed,
  cases: [],
})

/** Judges one check over one transport: every case of it, one after the other. Never throws. */
export const judgeCheck = async (planned: Planned, environment: Environment): Promise<CheckResult> => {
  const { check, transport } = planned
  const { target } = environment.surroundings
  if (environment.signal.aborted)
    return notRun(planned, environment, 'blocked', 'interrupted', 'the run was interrupted')
  if (environment.lost) return notRun(planned, environment, 'blocked', 'target-lost', environment.lost)
  const { capability, unobservable } = check.needs
  if (capability !== undefined && !target.capabilities.has(capability))
    return notRun(planned, environment, 'skip', 'capability', `the target does not declare ${capability}`)
  const reason = unobservable?.(target)
  if (reason !== undefined) return notRun(planned, environment, 'not-observed', 'target', reason)

  const cases: CaseResult[] = []
  for (const attempt of attemptsOf(planned)) {
    if (environment.lost) break
    cases.push(await judgeCase(attempt, `${check.id}\n${transport}\n${attempt.name}`, environment))
  }
  const level = environment.levelOf(check.requirement)
  const worst: Omit<CaseResult, 'transcript'> = worstOf(cases) ?? { name: '', state: 'error', reasonCode: 'no-case' }
  const state = worst.state === 'fail' && level.startsWith('SHOULD') ? 'warn' : worst.state
  const observed =
    worst.observed === undefined ? undefined : worst.name ? `${worst.name}: ${worst.observed}` : worst.observed
  return {
    check: check.id,
    requirement: check.requirement,
    also: check.also,
    level,
    transport,
    state,
    reasonCode: worst.reasonCode,
    ...(worst.expected === undefined ? {} : { expected: worst.expected }),
    ...(observed === undefined ? {} : { observed }),
    cases,
  }
}
