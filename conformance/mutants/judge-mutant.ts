import type { ServeOptions } from '../../reference/agent/agent.js'
import type { Clock as ReferenceClock } from '../../reference/agent/clock.js'
import { createIdentity } from '../../reference/agent/identity.js'
import { honestSeams } from '../../reference/agent/honest-seams.js'
import { createResponder } from '../../reference/agent/responder.js'
import type { ResponderSeams } from '../../reference/agent/responder-state.js'
import { capabilities, transports, type Report, type Transport } from '../../schemas/index.js'
import { checks } from '../checks/index.js'
import { createReport } from '../report/json.js'
import type { Check } from '../runner/check.js'
import { createRealClock, type Clock } from '../runner/clock.js'
import { judge, type Judged, type Settings } from '../runner/judge.js'
import type { CheckResult } from '../runner/result.js'
import { LiveWorld } from '../runner/world.js'
import { FakeClock } from './fake-clock.js'
import type { Fault } from './responder/mutant.js'

const settings: Settings = {
  seed: '00',
  salt: '00',
  transports: ['http'],
  only: [],
  skip: [],
  // One at a time: a check that lets an hour pass would end the sessions of the others.
  jobs: 1,
  // Long enough for a busy machine: only what a mutant leaves unanswered waits for it.
  timeoutMs: 1500,
  patienceSeconds: 0,
  exactClock: true,
  strict: false,
  flags: {},
  metricsToken: true,
}

/** Without it nobody is shown the metrics of who is judged. */
const token = 'a-token-for-those-who-judge'

/** Every capability of the reference that it does not have by itself. */
const everything: ServeOptions['capabilities'] = {
  ws: true,
  batch: true,
  gzip: true,
  health: true,
  metrics: { token },
  stream: true,
}

/** The reference, which looks after its connections so often that it sees a jump of the clock at once. */
const watchful: ResponderSeams = { ...honestSeams, webSocket: { ...honestSeams.webSocket, sweepMs: 20 } }

/** The fault of a responder that has none. */
export const honest: Fault = seams => seams

/** The reference without one of its capabilities, for each of them. */
export const withoutEach: readonly Partial<ServeOptions>[] = capabilities.map(name => ({
  capabilities: { [name]: false },
}))

/** Is this what the reference comes to? What it does not declare is skipped, and not all of its limits can be reached. */
export const isAsItShould = ({ state, reasonCode }: CheckResult): boolean =>
  state === 'pass' || state === 'skip' || (state === 'not-observed' && reasonCode === 'target')

/** What is judged, and how. */
export interface Trial {
  /** Ids of the checks; all of them by default. */
  readonly only?: readonly string[]
  /** The checks that there are; those of the suite by default. */
  readonly suite?: readonly Check[]
  /** Over which transports; HTTP alone by default. */
  readonly transports?: readonly Transport[]
  /** How the responder is run. */
  readonly serve?: Partial<ServeOptions> | undefined
  /** Seconds that the clock of the responder is ahead of the judge's, who then knows nothing of it and takes real time; one clock for both by default. */
  readonly aheadSeconds?: number
}

/** The transports over which a mutant shows to the checks that name it: over HTTP alone where it can, which is half the work. */
export const transportsOf = (kills: readonly string[]): readonly Transport[] =>
  checks.some(({ id, needs }) => needs.transport === 'ws' && kills.includes(id)) ? transports : ['http']

/** The settings of a trial. */
const settingsOf = ({ only = [], transports = ['http'], aheadSeconds }: Trial): Settings => ({
  ...settings,
  exactClock: aheadSeconds === undefined,
  only: [...only],
  transports: [...transports],
})

/** The clock of the judge, and that of the responder: one that stands still for both, or this machine's and another. */
const clocksOf = ({ aheadSeconds }: Trial): { readonly judging: Clock; readonly judged: ReferenceClock } => {
  if (aheadSeconds === undefined) {
    const clock = new FakeClock()
    return { judging: clock, judged: clock }
  }
  const judging = createRealClock(0)
  const ahead = BigInt(aheadSeconds) * 1_000_000_000n
  return { judging, judged: { now: () => judging.now() + ahead, monotonic: () => performance.now() } }
}

const judgeResponder = async (fault: Fault, trial: Trial): Promise<Judged> => {
  const { suite = checks, serve } = trial
  const settings = settingsOf(trial)
  const { judging, judged: clock } = clocksOf(trial)
  const options = {
    ...serve,
    capabilities: { ...everything, ...serve?.capabilities },
    identity: createIdentity(),
    clock,
  }
  const agent = await createResponder(options, fault(watchful))
  try {
    const reach = { timeoutMs: settings.timeoutMs, signal: new AbortController().signal }
    const world = new LiveWorld(judging, reach, undefined, token)
    const judged = await judge(suite, new URL(agent.url), settings, world)
    if (judged.problem !== undefined) throw new Error(judged.problem)
    return judged
  } finally {
    await agent.close()
  }
}

/**
 * Runs checks against the reference with a fault in it, over real loopback HTTP and under a clock that both share, so
 * that an hour passes in no time and borders are exact.
 */
export const judgeFault = async (fault: Fault, trial: Trial = {}): Promise<readonly CheckResult[]> =>
  (await judgeResponder(fault, trial)).results

/** The report on what {@link judgeFault} judges. */
export const reportFault = async (fault: Fault, trial: Trial = {}): Promise<Report> =>
  createReport('run', settingsOf(trial), await judgeResponder(fault, trial), 0)
