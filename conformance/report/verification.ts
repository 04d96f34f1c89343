import { Report } from '../../schemas/index.js'
import { Refusal } from '../probe/refusal.js'
import { parserOf } from '../probe/wire/shape.js'
import { isUnknownFailure } from '../runner/baseline.js'
import type { Check } from '../runner/check.js'
import { judge, type Judged } from '../runner/judge.js'
import { UnknownSelection } from '../runner/plan.js'
import { Playback } from '../runner/playback.js'
import { STOPPED } from '../runner/result.js'
import { firstDifference, type Difference } from './difference.js'
import { createReport, reportDigest, suiteIdentity } from './json.js'

/** What came of judging a report again. */
export type Verification =
  /** Not a report, or one of another version. */
  | { readonly kind: 'unreadable'; readonly why: string }
  | ({ readonly kind: 'differs' } & Difference)
  /** `untold`: how many checks were cut short, which no recording can show: they are `blocked` as the report says. */
  | { readonly kind: 'holds'; readonly report: Report; readonly untold: number }

const parseReport = parserOf<Report>(Report)

const unreadable = (why: string): Verification => ({ kind: 'unreadable', why })

/** Why a report is another version's to judge, if it is. */
const foreignness = (value: unknown): string | undefined => {
  const { suite, requirements } = (value ?? {}) as Partial<Report>
  const own = suiteIdentity()
  if (typeof suite?.name !== 'string' || suite.name !== own.suite.name) return undefined
  const [theirs, ours] = [String(suite.version), own.suite.version].map(version => `${own.suite.name} ${version}`)
  if (theirs !== ours) return `it is a report of ${theirs}, and this is ${ours}: judge it with that version`
  return requirements?.digest === own.requirements.digest
    ? undefined
    : `it was judged by other requirements (digest ${String(requirements?.digest).slice(0, 16)}) than this suite's (${own.requirements.digest.slice(0, 16)}): judge it with that version`
}

const replay = async (report: Report, checks: readonly Check[]): Promise<Verification> => {
  const { startedAt: _startedAt, seconds, ...settings } = report.run
  const playback = new Playback(report)
  const differs = (where: string, what: string): Verification => ({ kind: 'differs', where, what })
  if (!URL.canParse(report.target.url)) {
    if (report.discovery.transcript.length > 0) return differs('the target', 'its URL is none')
    return unreadable('it is a report of run-client: what a client did is in it, and cannot be judged again')
  }
  let judged: Judged
  try {
    judged = await judge(checks, new URL(report.target.url), { ...settings, jobs: 1 }, playback)
  } catch (cause) {
    if (cause instanceof UnknownSelection || cause instanceof Refusal) return differs('the run', cause.message)
    throw cause
  }
  const found = firstDifference(report, createReport(settings, judged, seconds), playback.departures)
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
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return unreadable('it is not JSON')
  }
  const foreign = foreignness(value)
  if (foreign !== undefined) return unreadable(foreign)
  let report: Report
  try {
    report = parseReport(value)
  } catch (cause) {
    if (cause instanceof Refusal) return unreadable(`it is not a report (${cause.message})`)
    throw cause
  }
  if (reportDigest(report) !== report.digest)
    return { kind: 'differs', where: 'the digest', what: 'it is not that of the report: the report was changed' }
  return replay(report, checks)
}
