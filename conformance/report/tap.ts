import type { Report } from '../../schemas/index.js'
import type { Requirement } from '../trace/read-requirements.js'
import { outcomeOf, furtherFailures, type Outcome } from './outcome.js'
import { lineOf } from './text.js'
import { tellResults, type Told } from './told.js'
import { describeVerdict } from './verdict-text.js'

/** Text of a test point: what begins a directive, and what escapes it, are escaped. */
const escaped = (text: string): string => text.replace(/[\\#]/g, letter => `\\${letter}`)

// JSON is YAML, and what is told holds nothing that the two take for different things.
const scalar = (text: string): string => JSON.stringify(text)

const entry = (name: string, value: string | readonly string[] | undefined): string[] => {
  if (value === undefined || value.length === 0) return []
  if (typeof value === 'string') return [`  ${name}: ${scalar(value)}`]
  return [`  ${name}:`, ...value.map(each => `    - ${scalar(each)}`)]
}

const diagnostics = ({
  result,
  verdict,
  requirement,
  sentence,
  expected,
  observed,
  cases,
  exchanges,
  again,
}: Told): string[] => [
  '  ---',
  ...entry('state', result.state),
  ...entry('verdict', verdict),
  ...entry('requirement', requirement),
  ...entry('sentence', sentence),
  ...entry('expected', expected),
  ...entry('observed', observed),
  ...entry('cases', cases),
  ...entry('exchanges', exchanges),
  ...entry('again', again),
  '  ...',
]

const directiveOf = ({ verdict, observed }: Told, outcome: Outcome): string => {
  const reason = observed === undefined ? verdict : `${verdict}: ${observed}`
  if (outcome === 'skipped') return ` # SKIP ${escaped(reason)}`
  return outcome === 'tolerated' ? ` # TODO ${escaped(reason)}` : ''
}

const testPoint = (told: Told, number: number, run: Report['run']): string[] => {
  const outcome = outcomeOf(told.result, run)
  const ok = outcome === 'passed' || outcome === 'skipped' ? 'ok' : 'not ok'
  const point = `${ok} ${number} - ${escaped(told.title)}${directiveOf(told, outcome)}`
  return outcome === 'passed' ? [point] : [point, ...diagnostics(told)]
}

/**
 * A report as TAP 14: a test point for each check over each transport. What is skipped or not observed is `# SKIP`; a
 * SHOULD that does not hold, and a known failure, `# TODO`. Where a report is no success for other reasons, points that
 * are not ok say which.
 */
export const encodeTap = (report: Report, requirements: readonly Requirement[]): string => {
  const { results, target, run, digest } = report
  const further = furtherFailures(report)
  const lines = [
    'TAP version 14',
    `# ${lineOf(`sage-conformance judges ${target.url}`)}`,
    `1..${results.length + further.length}`,
    ...tellResults(report, requirements).flatMap((told, index) => testPoint(told, index + 1, run)),
    ...further.map((why, index) => `not ok ${results.length + index + 1} - ${escaped(lineOf(why))}`),
    `# ${lineOf(`${describeVerdict(report)}; report ${digest}`)}`,
  ]
  return `${lines.join('\n')}\n`
}
