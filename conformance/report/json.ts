import { readFileSync } from 'node:fs'
import { roomPath, rootPath, type Report } from '../../schemas/index.js'
import { encodeHex } from '../probe/bytes/hex.js'
import type { JsonObject } from '../probe/bytes/json.js'
import { encodeUtf8 } from '../probe/bytes/utf8.js'
import { sha256 } from '../probe/crypto/hash.js'
import { canonicalize } from '../probe/identity/jcs.js'
import { countStates, exitStatusOf, verdictOf, type CheckResult } from '../runner/result.js'

/** What a report says beside the results. */
export interface ReportFacts extends Pick<Report, 'target' | 'run'> {
  readonly results: readonly CheckResult[]
  /** Why nothing was judged, if so. */
  readonly problem?: string | undefined
}

const readJson = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>

const requirementSet = (): { digest: string; count: number } => {
  const { digest, requirements } = readJson(roomPath('spec', 'requirements.json'))
  return { digest: String(digest), count: (requirements as unknown[]).length }
}

/** The digest of a report: SHA-256 in hex of the RFC 8785 form of everything else in it. */
export const reportDigest = (report: Omit<Report, 'digest'>): string => {
  const { digest: _, ...rest } = report as Report
  return encodeHex(sha256(encodeUtf8(canonicalize(rest as unknown as JsonObject))))
}

/** The report of a run: verdict, exit status and counts follow from the results. */
export const createReport = ({ target, run, results, problem }: ReportFacts): Report => {
  const verdict = verdictOf(results, run.strict)
  const { name, version } = readJson(`${rootPath}/package.json`)
  // Through JSON, so that what is digested is what is written: members that are undefined are absent.
  const report = JSON.parse(
    JSON.stringify({
      report: 'sage-conformance/1',
      suite: { name, version },
      requirements: requirementSet(),
      target,
      run,
      verdict,
      exitStatus: exitStatusOf[verdict],
      counts: countStates(results),
      problem,
      results,
    }),
  ) as Omit<Report, 'digest'>
  return { ...report, digest: reportDigest(report) }
}
