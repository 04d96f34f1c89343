import type { Transport } from '../../schemas/index.js'
import { createEntropy } from '../probe/entropy.js'
import { Conversation, type Surroundings } from '../probe/initiator/conversation.js'
import { capabilitiesOf, type SendingCheck } from './check.js'
import type { Planned } from './plan.js'
import { Interruption, type Broken } from './judgement.js'
import { createIdentity, Kit } from './kit.js'
import { mayHaveOutlived } from './outlived.js'
import { diagnose } from './diagnosis.js'
import { Recorder } from './recorder.js'
import { worstOf, type CaseResult, type CheckResult } from './result.js'
import { tryStream } from './stream-trial.js'
import { casesOf, tryBatch, tryHandshake, tryMessage, tryUpgrade, upgradeCasesOf } from './trial.js'
import type { Stop, World } from './world.js'

/** What all checks of a run share. */
export interface Environment {
  readonly world: World
  readonly surroundings: Pick<Surroundings, 'target' | 'resolve' | 'keeper' | 'hasMetricsToken' | 'timeoutMs'>
  readonly seed: Uint8Array
  readonly salt: Uint8Array
  readonly levelOf: (requirement: string) => string
}

/** One try of a case. */
interface Attempt {
  readonly name: string
  readonly run: (kit: Kit) => Promise<Broken | undefined>
}

/** What a case came to. */
type Outcome = Pick<CaseResult, 'state' | 'reasonCode' | 'expected' | 'observed'> & {
  /** Seconds after which a busy target is worth another round. */
  readonly retryAfterSeconds?: number | undefined
}

/** What a case comes to whose session may just have ended. */
const outlived: Outcome = {
  state: 'inconclusive',
  reasonCode: 'session-ended',
  observed: "a session was unknown, and no wonder: the case took longer than the target's limits let one live",
}

/** Rounds that a busy target is given for one case. */
const MAX_ROUNDS = 5

/** Times that a target is looked for before it counts as gone: it may just be slow. */
const LIFE_SIGNS = 3

const attemptsOf = ({ check }: Planned<SendingCheck>): Attempt[] => {
  if (check.kind === 'accepts') return [{ name: '', run: kit => check.spec.run(kit) }]
  const { spec } = check
  if (spec.subject === 'upgrade')
    return upgradeCasesOf(spec).map(one => ({ name: one.name, run: kit => tryUpgrade(spec, one, kit) }))
  if (spec.subject === 'batch')
    return casesOf(spec).map(one => ({ name: one.name, run: kit => tryBatch(spec, one, kit) }))
  if (spec.subject === 'message of a stream')
    return casesOf(spec).map(one => ({ name: one.name, run: kit => tryStream(spec, one, kit) }))
  if (spec.subject === 'handshake')
    return casesOf(spec).map(one => ({ name: one.name, run: kit => tryHandshake(spec, one, kit) }))
  return casesOf(spec).map(one => ({ name: one.name, run: kit => tryMessage(spec, one, kit) }))
}

/** Where a check, or one of its cases, takes place: names its scene, and its entropy. */
export const placeOf = (check: string, transport: string, name?: string): string =>
  [check, transport, ...(name === undefined ? [] : [name])].join('\n')

/** A kit whose entropy is named by `label`; what happens to it is written into `recorder`. */
export const createKit = (
  { surroundings, seed, salt }: Environment,
  recorder: Recorder,
  label: string,
  transport: Transport,
): Kit => {
  const { scene, clock, transcript } = recorder
  const entropy = createEntropy(seed, salt, label)
  const identity = recorder.identity ?? createIdentity(entropy(32))
  const around = { ...surroundings, ...scene.network, identity, entropy, now: clock.now, transport }
  return new Kit(new Conversation(around, transcript), clock)
}

const whyStopped: Record<Stop, string> = {
  interrupted: 'the run was interrupted',
  'target-lost': 'the target stopped answering',
}

const blockedBy = (stop: Stop): Outcome & { readonly observed: string } => ({
  state: 'blocked',
  reasonCode: stop,
  observed: whyStopped[stop],
})

/** A silence is no refusal: what it means depends on whether the target is still there. */
const weighSilence = async ({ silence, ...found }: Broken, kit: Kit, world: World): Promise<Outcome> => {
  const last = kit.conversation.transcript.at(-1)
  const said = last ? { ...found, observed: `${found.observed} (${last.step}, ${last.what})` } : found
  let alive = false
  for (let look = 0; look < LIFE_SIGNS && !alive; look++) alive = await kit.isAlive()
  if (!alive) {
    world.lose()
    return {
      state: 'inconclusive',
      ...said,
      reasonCode: 'target-lost',
      observed: `${said.observed}, and then nothing answered any more`,
    }
  }
  if (silence === 'timeout') return { state: 'fail', ...said, reasonCode: 'no-answer' }
  if (silence === 'goodbye') return { state: 'fail', ...said }
  return { state: 'inconclusive', ...said, reasonCode: 'connection-ended' }
}

/** `peer` makes kits to find out more with, should the attempt fail; without it nothing more is sent. */
const judgeAttempt = async (
  attempt: Attempt,
  kit: Kit,
  place: string,
  world: World,
  peer?: () => Kit,
): Promise<Outcome> => {
  try {
    const found = await attempt.run(kit)
    if (world.stopped(place) === 'interrupted') return blockedBy('interrupted')
    if (!found) return { state: 'pass', reasonCode: '' }
    if (found.silence) return await weighSilence(found, kit, world)
    const { reasonCode, expected, observed, busy } = found
    if (busy !== undefined) return { state: 'inconclusive', reasonCode, expected, observed, retryAfterSeconds: busy }
    const why = peer && (await diagnose(kit.conversation.transcript.at(-1), peer))
    if (world.stopped(place) === 'interrupted') return blockedBy('interrupted')
    return { state: 'fail', reasonCode, expected, observed: why === undefined ? observed : `${observed}; ${why}` }
  } catch (cause) {
    if (world.stopped(place) === 'interrupted') return blockedBy('interrupted')
    if (cause instanceof Interruption)
      return {
        state: cause.state,
        reasonCode: cause.reasonCode,
        observed: cause.message,
        retryAfterSeconds: cause.retryAfterSeconds,
      }
    const observed = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    return { state: 'error', reasonCode: 'suite-fault', observed }
  }
}

/** A target that was busy is asked again when it says it will be ready, if the run has the patience; all rounds are evidence. */
const judgeCase = async (
  attempt: Attempt,
  { check: { id, prerequisite }, transport }: Planned<SendingCheck>,
  environment: Environment,
): Promise<CaseResult> => {
  const { world } = environment
  const place = placeOf(id, transport, attempt.name)
  const stop = world.stopped(place)
  if (stop) return { name: attempt.name, ...blockedBy(stop), clock: [], transcript: [] }
  const recorder = new Recorder(world.scene(place))
  for (let round = 0; ; round++) {
    const kit = createKit(environment, recorder, round === 0 ? place : `${place}\nround ${round}`, transport)
    // Everybody is a new initiator where it can be, so that no limit for one of them is in the way.
    const peer = (): Kit => (recorder.identity ? kit.as({}) : kit.stranger())
    const judging = judgeAttempt(attempt, kit, place, world, prerequisite ? peer : undefined)
    const { retryAfterSeconds, ...found } = await judging
    const { limits } = environment.surroundings.target
    const isDoubtful = found.state === 'fail' && !recorder.waited && mayHaveOutlived(recorder.transcript, limits)
    const judged = isDoubtful ? outlived : found
    if (!world.stopped(place)) await kit.finish()
    const wait = Math.max(1, retryAfterSeconds ?? 1)
    const again =
      judged.reasonCode === 'busy' && round + 1 < MAX_ROUNDS && (await recorder.clock.elapse(wait)) === 'elapsed'
    recorder.scene.leave()
    if (!again) return { name: attempt.name, ...judged, ...recorder.evidence }
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

/** Result of a check over one transport: the worst of its cases. */
export const resultOf = (
  { check, transport }: Planned,
  { levelOf }: Pick<Environment, 'levelOf'>,
  cases: readonly CaseResult[],
): CheckResult => {
  const level = levelOf(check.requirement)
  const worst: Outcome & { name: string } = worstOf(cases) ?? { name: '', state: 'error', reasonCode: 'no-case' }
  const { name, reasonCode, expected, observed } = worst
  return {
    check: check.id,
    requirement: check.requirement,
    also: check.also,
    level,
    transport,
    state: worst.state === 'fail' && level.startsWith('SHOULD') ? 'warn' : worst.state,
    reasonCode,
    ...(expected === undefined ? {} : { expected }),
    ...(observed === undefined ? {} : { observed: name ? `${name}: ${observed}` : observed }),
    cases,
  }
}

/** Judges one check over one transport: every case of it, one after the other. Never throws. */
export const judgeCheck = async (planned: Planned<SendingCheck>, environment: Environment): Promise<CheckResult> => {
  const { check, transport } = planned
  const { target } = environment.surroundings
  const stop = environment.world.stopped(placeOf(check.id, transport))
  if (stop) return notRun(planned, environment, 'blocked', stop, whyStopped[stop])
  const { unobservable } = check.needs
  const lacking = capabilitiesOf({ ...check.needs, transport }).find(name => !target.capabilities.has(name))
  if (lacking !== undefined)
    return notRun(planned, environment, 'skip', 'capability', `the target does not declare ${lacking}`)
  const reason = unobservable?.(target)
  if (reason !== undefined) return notRun(planned, environment, 'not-observed', 'target', reason)

  const cases: CaseResult[] = []
  for (const attempt of attemptsOf(planned)) cases.push(await judgeCase(attempt, planned, environment))
  return resultOf(planned, environment, cases)
}
