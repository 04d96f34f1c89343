import { rowName, type BenchReport, type RowReport } from './report.js'

/** A row that is worse than it was. */
export interface Regression {
  readonly row: string
  readonly before: number
  readonly after: number
}

/**
 * Is a row worse, by more than both spread? Then the middle halves of the two do not meet. A figure without a baseline and
 * without a goal says what the machine was like, and is never worse.
 */
const isWorse = (before: RowReport, { goal, against, ratio }: RowReport): boolean => {
  if (goal === undefined && against === undefined) return false
  return goal?.sense === 'at most' ? ratio.q1 > before.ratio.q3 : ratio.q3 < before.ratio.q1
}

const rowsOf = ({ cases }: BenchReport): ReadonlyMap<string, RowReport> =>
  new Map(cases.flatMap(({ name, rows }) => rows.map(row => [rowName(name, row), row])))

/** The rows of both runs whose ratio got worse by more than the spread of both. */
export const regressions = (before: BenchReport, after: BenchReport): readonly Regression[] => {
  const former = rowsOf(before)
  return [...rowsOf(after)].flatMap(([row, now]) => {
    const then = former.get(row)
    return then !== undefined && isWorse(then, now) ? [{ row, before: then.ratio.median, after: now.ratio.median }] : []
  })
}
