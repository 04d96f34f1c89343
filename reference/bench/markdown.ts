import { SUBJECT } from './bench-case.js'
import type { BenchReport, CaseReport, RowReport } from './report.js'
import type { Spread } from './statistics.js'

/** Three digits that count. */
const number = (value: number): string =>
  value === 0 || !Number.isFinite(value)
    ? String(value)
    : Math.abs(value) >= 100
      ? Math.round(value).toLocaleString('en-US').replaceAll(',', ' ')
      : String(Number(value.toPrecision(3)))

const spread = ({ median, q1, q3 }: Spread): string =>
  q1 === q3 ? number(median) : `${number(median)} (${number(q1)} to ${number(q3)})`

const goalOf = ({ goal, met }: RowReport): string =>
  goal === undefined ? '' : `${goal.sense} ${number(goal.value)}: ${met ? 'met' : 'not met'}`

const rowLine = (name: string, row: RowReport): string =>
  `| ${name} | ${row.figure} | ${row.against ?? ''} | ${spread(row.ratio)} | ${goalOf(row)} | ${row.bounds ?? ''} |`

const figuresTable = ({ figures }: CaseReport): string[] => {
  const names = [...new Set(Object.values(figures).flatMap(each => Object.keys(each)))]
  return [
    `| | ${names.join(' | ')} |`,
    `|---|${names.map(() => '---').join('|')}|`,
    ...Object.entries(figures).map(
      ([subject, own]) =>
        `| ${subject === SUBJECT ? 'this' : subject} | ${names.map(name => (own[name] ? spread(own[name]) : '')).join(' | ')} |`,
    ),
  ]
}

const caseSection = (each: CaseReport): string[] => [
  `### ${each.name}`,
  '',
  `${each.about} A unit is one ${each.unit}; ${each.rounds} rounds.`,
  '',
  ...figuresTable(each),
  '',
]

/** The tables of a run: ratios first, then the figures that they come from. */
export const markdownOf = ({ date, machine, node, cases }: BenchReport): string =>
  [
    `Run on ${date} with Node ${node} on ${machine.platform}, ${machine.cores} cores of ${machine.cpu}, ${machine.memoryMiB} MiB.`,
    '',
    '## Ratios',
    '',
    '| case | figure | against | ratio | goal | what bounds it |',
    '|---|---|---|---|---|---|',
    ...cases.flatMap(({ name, rows }) => rows.map(row => rowLine(name, row))),
    '',
    '## Figures',
    '',
    ...cases.flatMap(caseSection),
  ]
    .join('\n')
    .trimEnd() + '\n'
