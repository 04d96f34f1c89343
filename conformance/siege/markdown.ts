import { attacks } from './attack/attacks/index.js'
import { broken, isGoalMet, MOST_TIMES, slopesOf } from './invariants.js'
import { riseOf } from './slope.js'
import type { BattleReport, InputsReport, Latency, SiegeReport, SoakReport } from './report.js'
import { unreached } from './unreached.js'

const MIB = 2 ** 20

const short = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '')
const whole = (value: number): string => Math.round(value).toLocaleString('en-US').replaceAll(',', ' ')
const times = ({ calmP50, stormP50, calmP99, stormP99 }: Latency): string =>
  `${short(stormP50 / calmP50)} / ${short(stormP99 / calmP99)}`
const mib = (bytes: number): string => short(bytes / MIB)

const goalOf = ({ good }: BattleReport): string => (isGoalMet(good.http) && isGoalMet(good.ws) ? 'met' : 'not met')

const battleLine = (battle: BattleReport): string => {
  const { name, units, seconds, good, bare, cpu, before, after } = battle
  const beside = bare === undefined ? '' : `${times(bare.http)}, ${times(bare.ws)}`
  const memory = `${mib(before.held)} → ${mib(after.held)}, ${mib(before.rss)} → ${mib(after.rss)}`
  return `| ${name} | ${short(units / seconds)} | ${times(good.http)} | ${times(good.ws)} | ${goalOf(battle)} | ${beside} | ${short(cpu.calm)} → ${short(cpu.storm)} | ${memory} | ${before.sockets} → ${after.sockets} |`
}

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0)

const battleSection = (battles: readonly BattleReport[]): string[] => {
  const good = battles.flatMap(({ good: { http, ws } }) => [http, ws])
  return [
    '## Attacks',
    '',
    `${battles.length} attacks, ${whole(sum(battles.map(({ units }) => units)))} units; beside them good clients made ${whole(sum(good.map(({ requests }) => requests)))} exchanges: ` +
      `${whole(sum(good.map(({ wrong }) => wrong)))} answers were wrong, ${whole(sum(good.map(({ lost }) => lost)))} lost, and no session ended. Nothing else than what the specification ` +
      `allows was answered in ${whole(sum(battles.map(({ unexpectedCount }) => unexpectedCount)))} cases; ${whole(Math.max(0, ...battles.map(({ faults }) => faults)))} faults were logged.`,
    '',
    '| attack | units a second | http: p50 / p99 | ws: p50 / p99 | goal | bare: http, ws | processor | heap, process (MiB) | connections |',
    '|---|---|---|---|---|---|---|---|---|',
    ...battles.map(battleLine),
    '',
    ...attacks
      .filter(({ name }) => battles.some(battle => battle.name === name))
      .map(({ name, about, unit }) => `- **${name}**: ${about} A unit is one ${unit}.`),
    '',
  ]
}

const table = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${whole(count)}`)
    .join(', ')

const inputsSection = (inputs: InputsReport): string[] => {
  const names = Object.keys(inputs.constraints)
  const broken = sum(Object.values(inputs.constraints).map(each => each.broken))
  return [
    '## Inputs',
    '',
    `${whole(inputs.sent)} inputs with seed ${inputs.seed} in ${whole(inputs.seconds)} s, about ${names.length} distinct constraints and rules: ${whole(broken)} broke one and had to be refused, ${whole(inputs.sent - broken)} kept all and had to be taken as far as they went. ` +
      `**${inputs.falseAccepts}** were accepted that must be refused, **${inputs.falseRefusals}** refused that must be accepted, **${inputs.wrongRefusals}** refused with another error than is due, **${inputs.unanswered}** not answered; ${inputs.faults} faults were logged.`,
    '',
    `- By kind: ${table(inputs.byKind)}.`,
    `- By way: ${table(inputs.byRoute)}.`,
    `- By what came of them: ${table(inputs.byOutcome)}.`,
    '',
    '| constraint | broken | kept |',
    '|---|---|---|',
    ...Object.entries(inputs.constraints)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { broken, kept }]) => `| \`${name.replaceAll('|', '\\|')}\` | ${whole(broken)} | ${whole(kept)} |`),
    '',
    'What cannot be reached at a responder over a network:',
    '',
    ...unreached.map(({ schema, why }) => `- \`${schema}\`: ${why}`),
    '',
  ]
}

const soakSection = (soak: SoakReport): string[] => {
  const slopes = slopesOf(soak)
  const minutes = soak.seconds / 60
  const row = (name: string, unit: string, scale: number, slope: (typeof slopes)['held']): string =>
    `| ${name} | ${short(slope.mean / scale)} ${unit} | ${short(slope.perUnit / scale)} ± ${short(slope.within / scale)} ${unit} | ${short(riseOf(slope, minutes) * 100)} % |`
  const sockets = soak.samples.map(({ sockets }) => sockets)
  return [
    '## Soak',
    '',
    `${short(minutes)} minutes of all attacks by turns, three seconds each: ${whole(soak.units)} units of attack, ${whole(soak.requests)} exchanges of good clients, ${soak.wrong} wrong, ${soak.lost} lost; ` +
      `${soak.unexpectedCount} answers that must not be, ${soak.faults} faults. After each attack, with the garbage collected, between ${Math.min(...sockets)} and ${Math.max(...sockets)} connections were open.`,
    '',
    '| | mean | a minute | rise over all at most (95 %) |',
    '|---|---|---|---|',
    row('heap and what it holds', 'MiB', MIB, slopes.held),
    row('process', 'MiB', MIB, slopes.rss),
    row('p50 over http', 'ms', 1, slopes.httpP50),
    row('p50 over ws', 'ms', 1, slopes.wsP50),
    '',
  ]
}

/** The tables of a siege. */
export const markdownOf = (report: SiegeReport): string => {
  const { date, machine, node, battles, inputs, soak } = report
  const findings = broken(report)
  return (
    [
      `Run on ${date} with Node ${node} on ${machine.platform}, ${machine.cores} cores of ${machine.cpu}, ${machine.memoryMiB} MiB, which others used too: the load was ${short(machine.load)} when it began.`,
      '',
      findings.length === 0
        ? `Everything that has to hold held. Medians within ${MOST_TIMES} times those of the calm are the goal, and stand in the table.`
        : `What did not hold: ${findings.join('; ')}.`,
      '',
      ...(battles.length === 0 ? [] : battleSection(battles)),
      ...(inputs === undefined ? [] : inputsSection(inputs)),
      ...(soak === undefined ? [] : soakSection(soak)),
    ]
      .join('\n')
      .trimEnd() + '\n'
  )
}
