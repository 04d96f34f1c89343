import type { Judged } from './judge.js'

/** Tests by how they came out. */
export type Counts = Readonly<Record<Judged['judgement']['state'], number>>

/** What the judged tests say together. */
export type Verdict = 'conformant' | 'not conformant' | 'incomplete'

/** Exit status of the command line for each verdict; 2 and 4 are its own. */
export const exitStatus: Readonly<Record<Verdict, number>> = { conformant: 0, 'not conformant': 1, incomplete: 3 }

export const countJudged = (judged: readonly Judged[]): Counts => {
  const counts = { pass: 0, fail: 0, unsupported: 0, blocked: 0, skipped: 0 }
  for (const { judgement } of judged) counts[judgement.state]++
  return counts
}

/** Fails closed: whatever was asked for and is not known to pass stands in the way of `conformant`. */
export const verdictOf = (counts: Counts): Verdict => {
  if (counts.fail > 0) return 'not conformant'
  return counts.unsupported > 0 || counts.blocked > 0 || counts.pass === 0 ? 'incomplete' : 'conformant'
}
