import { riseOf, slopeOf, type Slope } from './slope.js'
import type { BattleReport, InputsReport, Latency, SiegeReport, SoakReport } from './report.js'

/** Times the latency of the calm that good clients may wait during an attack. */
export const MOST_TIMES = 2
/** Bytes on the heap that may stay after an attack: what the table of sessions and the store of nonces grow by in chunks. */
export const MOST_HELD = 16 * 2 ** 20
/** Bytes of the process that may stay: what the allocator keeps for the next time. */
export const MOST_RSS = 160 * 2 ** 20
/** Connections that may be there beside those before: good clients come and go. */
export const MOST_SOCKETS = 8
/** Share of its mean by which the heap may have risen at the end of a soak, with 95 % confidence. */
export const MOST_RISE = 0.25

const none = (what: string, count: number): string[] => (count === 0 ? [] : [`${count} ${what}`])

const sidesOf = ({ good }: BattleReport): readonly (readonly [string, Latency])[] => [
  ['http', good.http],
  ['ws', good.ws],
]

/** What did not hold in an attack, and has to hold on any machine. */
export const brokenInBattle = (battle: BattleReport): string[] => {
  const { isAlive, faults, before, after, unexpectedCount, unexpected, units } = battle
  return [
    ...(isAlive ? [] : ['the target ended']),
    ...(units > 0 ? [] : ['nothing was attacked']),
    ...none('faults that nobody foresaw', faults),
    ...none(`answers that must not be: ${unexpected.join('; ')}`, unexpectedCount),
    ...sidesOf(battle).flatMap(([side, { wrong, lost, why, requests }]) => [
      ...none(`wrong answers to good clients over ${side}: ${why.join('; ')}`, wrong),
      ...none(`requests of good clients lost over ${side}: ${why.join('; ')}`, lost),
      ...(requests > 0 ? [] : [`good clients over ${side} came to nothing`]),
    ]),
    ...none('bytes on the heap have not come back', Math.max(0, after.held - before.held - MOST_HELD)),
    ...none('bytes of the process have not come back', Math.max(0, after.rss - before.rss - MOST_RSS)),
    ...none('connections have stayed', Math.max(0, after.sockets - before.sockets - MOST_SOCKETS)),
  ].map(what => `${battle.name}: ${what}`)
}

/** Is the goal met over a transport: medians within twice those of the calm? */
export const isGoalMet = ({ calmP50, stormP50 }: Latency): boolean => stormP50 <= MOST_TIMES * calmP50

/** What did not hold of the inputs. */
export const brokenInInputs = (inputs: InputsReport): string[] => [
  ...(inputs.isAlive ? [] : ['inputs: the target ended']),
  ...none('inputs accepted that must be refused', inputs.falseAccepts),
  ...none('inputs refused that must be accepted', inputs.falseRefusals),
  ...none('inputs refused with another error than the first one that is due', inputs.wrongRefusals),
  ...none('inputs without an answer', inputs.unanswered),
  ...none('faults that nobody foresaw', inputs.faults),
]

/** The slopes of a soak, by minutes: of what is held in bytes, and of milliseconds. */
export const slopesOf = ({ samples }: SoakReport): Readonly<Record<'held' | 'rss' | 'httpP50' | 'wsP50', Slope>> => {
  const minutes = samples.map(({ seconds }) => seconds / 60)
  const of = (figure: 'held' | 'rss' | 'httpP50' | 'wsP50'): Slope =>
    slopeOf(
      minutes,
      samples.map(sample => sample[figure]),
    )
  return { held: of('held'), rss: of('rss'), httpP50: of('httpP50'), wsP50: of('wsP50') }
}

/** Samples with which a slope means something. */
const ENOUGH = 30

/** What did not hold of a soak. */
export const brokenInSoak = (soak: SoakReport): string[] => {
  const { samples, seconds, wrong, lost, unexpectedCount, unexpected, faults, isAlive } = soak
  const sockets = samples.map(({ sockets }) => sockets)
  return [
    ...(isAlive ? [] : ['the target ended']),
    ...none(`wrong answers to good clients: ${unexpected.join('; ')}`, wrong),
    ...none(`requests of good clients lost: ${unexpected.join('; ')}`, lost),
    ...none(`answers that must not be: ${unexpected.join('; ')}`, unexpectedCount),
    ...none('faults that nobody foresaw', faults),
    ...none('connections have stayed', Math.max(0, Math.max(...sockets) - Math.min(...sockets) - 2 * MOST_SOCKETS)),
    ...(samples.length >= ENOUGH && riseOf(slopesOf(soak).held, seconds / 60) > MOST_RISE
      ? ['the heap is not flat']
      : []),
  ].map(what => `soak: ${what}`)
}

/** All that did not hold. */
export const broken = ({ battles, inputs, soak }: Pick<SiegeReport, 'battles' | 'inputs' | 'soak'>): string[] => [
  ...battles.flatMap(brokenInBattle),
  ...(inputs === undefined ? [] : brokenInInputs(inputs)),
  ...(soak === undefined ? [] : brokenInSoak(soak)),
]
