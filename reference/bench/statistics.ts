import { SUBJECT, type Figures, type Row } from './bench-case.js'

/** The middle of some values, and the middle half of them. */
export interface Spread {
  readonly median: number
  readonly q1: number
  readonly q3: number
}

/** What each of those that are compared cost in one round. */
export type Round = Readonly<Record<string, Figures>>

const quantile = (sorted: readonly number[], part: number): number => {
  const place = (sorted.length - 1) * part
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  if (below === undefined || above === undefined) return NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** Median and quartiles, linear between the values next to them; NaN where there is no value. */
export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = [...values].sort((a, b) => a - b)
  return { median: quantile(sorted, 0.5), q1: quantile(sorted, 0.25), q3: quantile(sorted, 0.75) }
}

/** What a row says of one round, or undefined where a figure is missing. */
export const ratioOf = ({ figure, against, goal }: Row, round: Round): number | undefined => {
  const own = round[SUBJECT]?.[figure]
  if (against === undefined) return own
  const other = round[against]?.[figure]
  if (own === undefined || other === undefined) return undefined
  const [over, under] = goal?.sense === 'at most' ? [own, other] : [other, own]
  // Nothing against nothing is as good; something against nothing is infinitely more.
  return over === under ? 1 : over / under
}

/** The ratio of a row, computed round by round, so that what slowed both of a round down cancels out. */
export const ratioSpread = (row: Row, rounds: readonly Round[]): Spread =>
  spreadOf(rounds.map(round => ratioOf(row, round)).filter(ratio => ratio !== undefined))

/** Does a ratio reach the goal of its row? A row without one always does. */
export const isMet = ({ goal }: Row, ratio: number): boolean =>
  goal === undefined || (goal.sense === 'at least' ? ratio >= goal.value : ratio <= goal.value)

/** The same values in an order of chance (Fisher and Yates). */
export const shuffled = <Value>(values: readonly Value[], random: () => number): Value[] => {
  const order = [...values]
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    ;[order[last], order[other]] = [order[other]!, order[last]!]
  }
  return order
}
