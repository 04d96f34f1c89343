import type { Report } from '../../schemas/index.js'
import { Refusal } from '../probe/refusal.js'
import { isUnknownFailure } from '../runner/baseline.js'
import type { Check } from '../runner/check.js'
import { judge, type Judged } from '../runner/judge.js'
import { UnknownSelection } from '../runner/plan.js'
import { Playback } from '../runner/playback.js'
import { STOPPED } from '../runner/result.js'
import { firstDifference, type Difference } from './difference.js'
import { createReport } from './json.js'
import { isUnchanged, parseReport, UnreadableReport, type AnyReport } from './parse-report.js'

/** What came of judging a report again. */
export type Verification =
  /** Not a report, or one of another version. */
  | { readonly kind: 'unreadable'; readonly why: string }
  | ({ readonly kind: 'differs' } & Difference)
  /** `untold`: how many checks were cut short, which no recording can show: they are `blocked` as the report says. */
  | { readonly kind: 'holds'; readonly report: Report; readonly untold: number }

const unreadable = (why: string): Verification => ({ kind: 'unreadable', why })

const replay = async (report: Report, checks: readonly Check[]): Promise<Verification> => {
  const { startedAt: _startedAt, seconds, ...settings } = report.run
  const playback = new Playback(report)
  const differs = (where: string, what: string): Verification => ({ kind: 'differs', where, what })
  if (report.command === 'run-client')
    return unreadable('it is a report of run-client: what a client did is in it, and cannot be judged again')
  if (!URL.canParse(report.target.url)) return differs('the target', 'its URL is none')
  let judged: Judged
  try {
    judged = await judge(checks, new URL(report.target.url), { ...settings, jobs: 1 }, playback)
  } catch (cause) {
    if (cause instanceof UnknownSelection || cause instanceof Refusal) return differs('the run', cause.message)
    throw cause
  }
  const found = firstDifference(report, createReport(report.command, settings, judged, seconds), playback.departures)
  if (found) return { kind: 'differs', ...found }
  const isStopped = report.results.some(({ reasonCode, cases }) => reasonCode === STOPPED && cases.length === 0)
  // What was not run for this reason passes for nothing: there has to be a failure that is not known.
  if (isStopped && (settings.failFast !== true || !judged.results.some(result => isUnknownFailure(result, settings))))
    return differs('the run', 'it was not to stop before its end, or nothing failed that is not known')
  const untold = report.results.filter(
    ({ reasonCode, cases }) =>
      [reasonCode, ...cases.map(one => one.reasonCode)].includes('interrupted') || reasonCode === 'target-lost',
  ).length
  return { kind: 'holds', report, untold }
}

/**
 * Judges a report again from what it holds: its digest, and then every check of `checks` that was planned, with the
 * recorded answers, readings of the clock and signatures in the place of network, clock and key. The report holds if the
 * checks send what they sent, and everything that follows from the answers comes out the same. Opens no connection.
 */
export const verifyReport = async (text: string, checks: readonly Check[]): Promise<Verification> => {
  let report: AnyReport
  try {
    report = parseReport(text)
  } catch (cause) {
    if (cause instanceof UnreadableReport) return unreadable(cause.message)
    throw cause
  }
  if (!isUnchanged(report))
    return { kind: 'differs', where: 'the digest', what: 'it is not that of the report: the report was changed' }
  if (report.command === 'vectors run')
    return unreadable('it is a report of vectors run: what a core answered is in it, and cannot be judged again')
  return replay(report, checks)
}
