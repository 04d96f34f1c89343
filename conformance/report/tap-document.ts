import type { Outcome } from './outcome.js'
import { lineOf } from './text.js'

/** A test point. */
export interface TapPoint {
  readonly outcome: Outcome
  readonly title: string
  /** Why it is skipped or tolerated. */
  readonly reason: string
  /** What is said of it where it is not simply ok; an empty value is left out. */
  readonly diagnostics: readonly (readonly [name: string, value: string | readonly string[] | undefined])[]
}

/** A run. */
export interface TapRun {
  /** Who judges what. */
  readonly about: string
  readonly points: readonly TapPoint[]
  /** Why it is no success beside what the points say. */
  readonly further: readonly string[]
  readonly verdict: string
}

/** Text of a test point: what begins a directive, and what escapes it, are escaped. */
const escaped = (text: string): string => text.replace(/[\\#]/g, letter => `\\${letter}`)

// JSON is YAML, and what is told holds nothing that the two take for different things.
const scalar = (text: string): string => JSON.stringify(text)

const entry = ([name, value]: TapPoint['diagnostics'][number]): string[] => {
  if (value === undefined || value.length === 0) return []
  if (typeof value === 'string') return [`  ${name}: ${scalar(value)}`]
  return [`  ${name}:`, ...value.map(each => `    - ${scalar(each)}`)]
}

const directiveOf = ({ outcome, reason }: TapPoint): string => {
  if (outcome === 'skipped') return ` # SKIP ${escaped(reason)}`
  return outcome === 'tolerated' ? ` # TODO ${escaped(reason)}` : ''
}

const pointLines = (point: TapPoint, index: number): string[] => {
  const { outcome, title, diagnostics } = point
  const ok = outcome === 'passed' || outcome === 'skipped' ? 'ok' : 'not ok'
  const line = `${ok} ${index + 1} - ${escaped(title)}${directiveOf(point)}`
  return outcome === 'passed' ? [line] : [line, '  ---', ...diagnostics.flatMap(entry), '  ...']
}

/** The text of a run, as TAP 14. */
export const encodeTapDocument = ({ about, points, further, verdict }: TapRun): string => {
  const lines = [
    'TAP version 14',
    `# ${lineOf(about)}`,
    `1..${points.length + further.length}`,
    ...points.flatMap(pointLines),
    ...further.map((why, index) => `not ok ${points.length + index + 1} - ${escaped(lineOf(why))}`),
    `# ${lineOf(verdict)}`,
  ]
  return `${lines.join('\n')}\n`
}
