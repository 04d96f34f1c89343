import { quantile, together, type Experience, type Experiences } from '../good/latencies.js'
import type { GoodClients } from '../good/good-clients.js'
import type { BattleReport, Latency, Sides } from '../report.js'
import type { BesiegedTarget, Inspection, TargetKind } from '../target/target.js'
import type { Attack } from './attack.js'
import { startAttacker, type Onslaught } from './attacker.js'

/** A target, and the good clients that it has. */
export interface Side {
  readonly kind: TargetKind
  readonly target: BesiegedTarget
  readonly good: GoodClients
}

/** How long an attack is made, and how often it stops in between. */
export interface Plan {
  readonly seed: number
  /** Seconds of attack in all. */
  readonly seconds: number
  /** Attacks, with as long a calm before each and after the last. */
  readonly rounds: number
}

/** Milliseconds in which connections of an attack that is over have to be gone. */
const SETTLE_MS = 10_000

const passing = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds))

const latencyOf = (calm: readonly Experience[], storm: readonly Experience[]): Latency => {
  const [quiet, loud] = [together(calm), together(storm)]
  return {
    requests: quiet.took.length + loud.took.length,
    calmP50: quantile(quiet.took, 0.5),
    stormP50: quantile(loud.took, 0.5),
    calmP99: quantile(quiet.took, 0.99),
    stormP99: quantile(loud.took, 0.99),
    wrong: quiet.wrong + loud.wrong,
    lost: quiet.lost + loud.lost,
    why: [...quiet.why, ...loud.why].slice(0, 10),
  }
}

const sidesOf = (calm: readonly Experiences[], storm: readonly Experiences[]): Sides => ({
  http: latencyOf(
    calm.map(({ http }) => http),
    storm.map(({ http }) => http),
  ),
  ws: latencyOf(
    calm.map(({ ws }) => ws),
    storm.map(({ ws }) => ws),
  ),
})

interface Course {
  readonly sides: Sides
  readonly onslaught: Onslaught
  readonly cpu: { readonly calm: number; readonly storm: number }
  readonly before: Inspection
  readonly after: Inspection
}

const heldOf = ({ rss, held, sockets }: Inspection): BattleReport['before'] => ({ rss, held, sockets })

/** Calm and attack by turns, so that whatever else the machine does falls on both. */
const fight = async (
  { name }: Attack,
  { kind, target, good }: Side,
  { seed, seconds, rounds }: Plan,
): Promise<Course> => {
  const attacker = await startAttacker({ name, kind, url: target.url, seed, seconds })
  try {
    const windowMs = (seconds * 1000) / rounds
    const [calm, storm]: [Experiences[], Experiences[]] = [[], []]
    const cpu = { calm: 0, storm: 0 }
    const watched = { calm: 0, storm: 0 }
    const before = await target.inspect()
    let seen = before
    const watch = async (during: 'calm' | 'storm'): Promise<void> => {
      const from = performance.now()
      await good.take()
      await passing(windowMs)
      ;(during === 'calm' ? calm : storm).push(await good.take())
      const now = await target.inspect()
      // It may take its time to say so: what it was asked to do before comes first.
      watched[during] += performance.now() - from
      cpu[during] += now.cpuMs - seen.cpuMs
      seen = now
    }
    let onslaught: Onslaught = { units: 0, outcomes: {}, unexpected: [], unexpectedCount: 0 }
    for (let round = 0; round < rounds; round++) {
      await watch('calm')
      await attacker.begin()
      await watch('storm')
      onslaught = await attacker.end()
      seen = await target.settle(before.sockets, SETTLE_MS)
    }
    await watch('calm')
    await attacker.stop()
    const after = await target.settle(before.sockets, SETTLE_MS)
    const share = { calm: cpu.calm / watched.calm, storm: cpu.storm / watched.storm }
    return { sides: sidesOf(calm, storm), onslaught, cpu: share, before, after }
  } finally {
    await attacker.stop()
  }
}

/** Makes an attack on the reference, and on a bare server beside it where it is one that a bare server understands. */
export const battle = async (
  attack: Attack,
  reference: Side,
  bare: Side | undefined,
  plan: Plan,
): Promise<BattleReport> => {
  const { sides, onslaught, cpu, before, after } = await fight(attack, reference, plan)
  const beside = bare !== undefined && attack.isBare ? await fight(attack, bare, plan) : undefined
  return {
    name: attack.name,
    seconds: plan.seconds,
    ...onslaught,
    unexpected: [...onslaught.unexpected],
    good: sides,
    ...(beside !== undefined && { bare: beside.sides }),
    cpu,
    before: heldOf(before),
    after: heldOf(after),
    faults: after.faults,
    isAlive: reference.target.isAlive,
  }
}
