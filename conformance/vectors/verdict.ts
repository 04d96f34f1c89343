import type { VectorResult, VectorsReport } from '../../schemas/index.js'

/** Tests by how they came out. */
export type Counts = VectorsReport['counts']

/** What the judged tests say together. */
export type Verdict = VectorsReport['verdict']

/** Exit status of the command line for each verdict; 2 and 4 are its own. */
export const exitStatus: Readonly<Record<Verdict, number>> = { conformant: 0, 'not conformant': 1, incomplete: 3 }

/** Why tests of a run were not asked. */
export const whyBlocked = ({ interrupted }: Pick<VectorsReport['run'], 'interrupted'>): string =>
  interrupted ? 'the run was interrupted' : 'the command had to be restarted too often'

/** How many tests came out in each way. */
export const countStates = (results: readonly Pick<VectorResult, 'state'>[]): Counts => {
  const counts = { pass: 0, fail: 0, unsupported: 0, blocked: 0, skipped: 0 }
  for (const { state } of results) counts[state]++
  return counts
}

/** Counts in one line. */
export const describeCounts = (counts: Counts): string =>
  Object.entries(counts)
    .filter(([state, count]) => count > 0 || state === 'pass')
    .map(([state, count]) => `${count} ${state}`)
    .join(', ')

/** Fails closed: whatever was asked for and is not known to pass stands in the way of `conformant`. */
export const verdictOf = (counts: Counts): Verdict => {
  if (counts.fail > 0) return 'not conformant'
  return counts.unsupported > 0 || counts.blocked > 0 || counts.pass === 0 ? 'incomplete' : 'conformant'
}
