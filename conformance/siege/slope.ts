/** A straight line through figures over time, and how sure it is. */
export interface Slope {
  /** What the figure rises by in a unit of time. */
  readonly perUnit: number
  /** Half of the interval in which that lies with 95 % confidence. */
  readonly within: number
  readonly mean: number
}

// Of Student's distribution at 97.5 %, beyond 30 degrees of freedom within 2 %.
const STUDENT = 2.04

/** The least squares of `values` over `times`, three of each at least. */
export const slopeOf = (times: readonly number[], values: readonly number[]): Slope => {
  const count = times.length
  const meanOf = (all: readonly number[]): number => all.reduce((sum, each) => sum + each, 0) / count
  const [middle, mean] = [meanOf(times), meanOf(values)]
  const spread = times.reduce((sum, time) => sum + (time - middle) ** 2, 0)
  const perUnit = times.reduce((sum, time, at) => sum + (time - middle) * (values[at]! - mean), 0) / spread
  const residue = times.reduce((sum, time, at) => sum + (values[at]! - mean - perUnit * (time - middle)) ** 2, 0)
  return { perUnit, within: STUDENT * Math.sqrt(residue / (count - 2) / spread), mean }
}

/** What the figure rises by in so many units at most, with that confidence, as a share of its mean. */
export const riseOf = ({ perUnit, within, mean }: Slope, units: number): number => ((perUnit + within) * units) / mean
