/** Milliseconds that exchanges took, of one client, and what became of them. */
export interface Experience {
  /** Milliseconds of each exchange, as they came. */
  readonly took: readonly number[]
  /** Answers that were not what they ought to be. */
  readonly wrong: number
  /** Requests without an answer, and sessions that came to an end. */
  readonly lost: number
  /** What was lost or wrong, a few of each. */
  readonly why: readonly string[]
}

/** What clients experience, by the transport that they use. */
export type Experiences = Readonly<Record<'http' | 'ws', Experience>>

/** The value at a quantile from 0 to 1 of values in any order; NaN of none. */
export const quantile = (values: readonly number[], at: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))] ?? NaN
}

const none: Experience = { took: [], wrong: 0, lost: 0, why: [] }

/** All of several experiences together. */
export const together = (all: readonly Experience[]): Experience =>
  all.reduce(
    (sum, { took, wrong, lost, why }) => ({
      took: sum.took.concat(took),
      wrong: sum.wrong + wrong,
      lost: sum.lost + lost,
      why: [...sum.why, ...why].slice(0, 10),
    }),
    none,
  )
