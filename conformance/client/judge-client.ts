import { defaultLimits } from '../../schemas/index.js'
import { encodeBase64url } from '../probe/bytes/base64.js'
import { encodeUtf8 } from '../probe/bytes/utf8.js'
import { createEntropy, createUuid, type Entropy } from '../probe/entropy.js'
import { AnswerKeeper, type TranscriptEntry } from '../probe/initiator/transcript.js'
import type { Fault } from '../peers/fault.js'
import { createPlayedIdentity } from '../peers/identity.js'
import { setUp, type Stand } from '../peers/stand.js'
import { worstOf, type CaseResult, type CheckResult } from '../runner/result.js'
import { NotStartable } from '../vectors/child-peer.js'
import type { ClientCheck, Run } from './check.js'
import type { Client, ClientTask } from './client.js'
import { transcriptOf } from './evidence.js'
import { describeOutcome, judgeAnswered, judgeRefused, type Found } from './verdict.js'

/** What all checks of a run share. */
export interface ClientEnvironment {
  readonly client: Client
  /** Milliseconds that each run of the initiator may take. */
  readonly timeoutMs: number
  readonly seed: Uint8Array
  readonly salt: Uint8Array
  readonly levelOf: (requirement: string) => string
  readonly signal: AbortSignal
}

const TASK = 'conformance/answer@v1'

const systemNow = (): bigint => BigInt(Date.now()) * 1_000_000n

/** Runs the initiator against one responder, again and again, and keeps what was seen. */
class Trial {
  readonly #keeper = new AnswerKeeper()
  #transcript: TranscriptEntry[] = []

  private constructor(
    readonly stand: Stand,
    readonly check: ClientCheck,
    readonly environment: ClientEnvironment,
    readonly entropy: Entropy,
  ) {}

  static async begin(check: ClientCheck, environment: ClientEnvironment): Promise<Trial> {
    const entropy = createEntropy(environment.seed, environment.salt, `client\n${check.id}`)
    const { limits, cardless = false } = check.circumstances
    const stand = await setUp({
      identity: createPlayedIdentity(entropy),
      stranger: createPlayedIdentity(entropy),
      limits: { ...defaultLimits, ...limits },
      card: !cardless,
      entropy,
      now: systemNow,
    })
    return new Trial(stand, check, environment, entropy)
  }

  /** One run; with a fault or without. */
  async run(step: string, fault?: Fault): Promise<Run> {
    const { responder } = this.stand
    const { requests = 1, cardless } = this.check.circumstances
    const answer = `answer-${createUuid(this.entropy)}`
    const payload = `payload-${createUuid(this.entropy)}`
    const { identity, stranger } = responder.setting
    const expected = fault?.unexpected ? identity : (fault?.identity?.(identity, { stranger }) ?? identity)
    const task: ClientTask = {
      url: responder.addresses.origin,
      expectedDid: expected.did,
      task: TASK,
      payload,
      requests,
      kemKey: cardless && encodeBase64url(identity.kemPublicKey),
    }
    const seen = responder.begin({
      task: TASK,
      answerOf: index => encodeUtf8(`${answer}-${index}`),
      payload: encodeUtf8(payload),
      together: requests,
      ...(fault && { fault }),
    })
    const outcome = await this.environment.client(task, this.environment.timeoutMs)
    responder.end()
    if (seen.ownFault !== undefined) throw seen.ownFault
    this.#transcript.push(...transcriptOf(step, seen.exchanges, this.#keeper))
    const answers = Array.from({ length: requests }, (_, index) => `${answer}-${index}`)
    return { task, answers, seen, outcome }
  }

  /** What was written down since it was last asked for. */
  takeTranscript(): TranscriptEntry[] {
    const taken = this.#transcript
    this.#transcript = []
    return taken
  }
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
const judgeTwin = (twin: Run, { circumstances }: ClientCheck): Found => {
  const { requests = 1, cardless } = circumstances
  const { seen, outcome, task } = twin
  const payloads = seen.requests.filter(({ message }) => message.task_id === task.task)
  if (cardless && seen.handshakes.length === 0)
    return { notObserved: 'the initiator does not take SAGE_KEM_KEY in place of a card' }
  if (requests > 1 && payloads.length <= 1)
    return { notObserved: 'the initiator does not take SAGE_REQUESTS: the payload was sent once' }
  const found = judgeAnswered(twin)
  return (
    found && { inconclusive: 'twin', observed: `the honest responder: ${found.observed} (${describeOutcome(outcome)})` }
  )
}

const judgeCases = async (check: ClientCheck, trial: Trial, signal: AbortSignal): Promise<CaseResult[]> => {
  const { kind } = check
  const close = (name: string, judged: Judged): CaseResult => ({
    name,
    ...judged,
    clock: [],
    transcript: trial.takeTranscript(),
  })
  const twin = await trial.run('twin')
  if (kind.name === 'watches') {
    const runs = [twin, await trial.run('again')] as const
    return [close('', weigh(kind.look(runs), runs))]
  }
  const unfit = judgeTwin(twin, check)
  if (unfit) return [close('', weigh(unfit, [twin]))]
  const results: CaseResult[] = []
  for (const { name, fault } of kind.cases) {
    if (signal.aborted) return [...results, close(name, { state: 'blocked', reasonCode: 'interrupted' })]
    const run = await trial.run('fault', fault)
    const found = kind.name === 'accepts' ? judgeAnswered(run) : judgeRefused(run, kind.at)
    results.push(close(name, weigh(found, [run])))
  }
  return results
}

/** Result of a check that was not run. */
export const notRun = (
  check: ClientCheck,
  { levelOf }: Pick<ClientEnvironment, 'levelOf'>,
  reasonCode: string,
  observed: string,
): CheckResult => {
  const { id, requirement, also } = check
  const level = levelOf(requirement)
  return { check: id, requirement, also, level, transport: 'http', state: 'blocked', reasonCode, observed, cases: [] }
}

const resultOf = (check: ClientCheck, environment: ClientEnvironment, cases: readonly CaseResult[]): CheckResult => {
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
    transport: 'http',
    state,
    reasonCode,
    ...(expected !== undefined && { expected }),
    ...(said !== undefined && state !== 'pass' && { observed: said }),
    cases,
  }
}

/**
 * Judges one check: the honest responder first, and then the same one with the fault. What the suite gets wrong is a result
 * too.
 * @throws NotStartable
 */
export const judgeClientCheck = async (check: ClientCheck, environment: ClientEnvironment): Promise<CheckResult> => {
  const trial = await Trial.begin(check, environment)
  try {
    return resultOf(check, environment, await judgeCases(check, trial, environment.signal))
  } catch (cause) {
    if (cause instanceof NotStartable) throw cause
    const observed = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    const failed = { name: '', state: 'error', reasonCode: 'suite-fault', observed, clock: [] } as const
    return resultOf(check, environment, [{ ...failed, transcript: trial.takeTranscript() }])
  } finally {
    await trial.stand.close()
  }
}
