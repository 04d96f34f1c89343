import type { Report } from '../../schemas/index.js'

type Result = Report['results'][number]

/**
 * What a state means to those who know no more than tests that pass and fail: `tolerated` did not hold and fails nothing,
 * `undecided` came to no verdict and cannot count as one.
 */
export type Outcome = 'passed' | 'tolerated' | 'skipped' | 'failed' | 'undecided'

/** What the state of a result means in the run of a report. */
export const outcomeOf = (
  { state, known }: Pick<Result, 'state' | 'known'>,
  { strict }: Pick<Report['run'], 'strict'>,
): Outcome => {
  if (known) return 'tolerated'
  switch (state) {
    case 'pass':
      return 'passed'
    case 'fail':
      return 'failed'
    case 'warn':
      return strict ? 'failed' : 'tolerated'
    case 'skip':
    case 'not-observed':
      return 'skipped'
    case 'blocked':
    case 'inconclusive':
    case 'error':
      return 'undecided'
  }
}

/**
 * Why a report is no success beside what its results say: known failures that do not hold, or that nothing was judged.
 * What is made of a report has to fail by these where it would pass without.
 */
export const furtherFailures = ({ results, run, baseline, exitStatus, verdict, problem }: Report): string[] => {
  const mend = (baseline?.mend ?? []).map(
    ({ check, transport, reasonCode, what }) => `known failure ${check} over ${transport} (${reasonCode}): ${what}`,
  )
  const isSaid = exitStatus === 0 || results.some(result => ['failed', 'undecided'].includes(outcomeOf(result, run)))
  return mend.length > 0 || isSaid ? mend : [`${verdict}: ${problem ?? 'nothing was judged'}`]
}
