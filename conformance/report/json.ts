import { readFileSync } from 'node:fs'
import { rootPath, type Report } from '../../schemas/index.js'
import { encodeHex } from '../probe/bytes/hex.js'
import type { JsonObject } from '../probe/bytes/json.js'
import { encodeUtf8 } from '../probe/bytes/utf8.js'
import { sha256 } from '../probe/crypto/hash.js'
import { canonicalize } from '../probe/identity/jcs.js'
import type { Judged, Settings } from '../runner/judge.js'
import { compareBaseline, isKnownFailure } from '../runner/baseline.js'
import { coverageOf } from './coverage.js'
import { countStates, exitStatusOf, verdictOf, type CheckResult } from '../runner/result.js'
import { loadRequirementSet } from '../trace/requirement-set.js'

/** What a report names that may judge otherwise in another version: the suite, and the requirements that it judges by. */
export const suiteIdentity = (): Pick<Report, 'suite' | 'requirements'> => {
  const { name, version } = JSON.parse(readFileSync(`${rootPath}/package.json`, 'utf8')) as Report['suite']
  const { digest, requirements } = loadRequirementSet()
  return { suite: { name, version }, requirements: { digest, count: requirements.length } }
}

/** The digest of a report: SHA-256 in hex of the RFC 8785 form of everything else in it. */
export const reportDigest = (report: object): string => {
  const { digest: _, ...rest } = report as Readonly<Record<string, unknown>>
  return encodeHex(sha256(encodeUtf8(canonicalize(rest as JsonObject))))
}

/** A report with its digest. */
export const withDigest = <Kept extends { readonly digest: string }>(report: object): Kept => {
  // Through JSON, so that what is digested is what is written: members that are undefined are absent.
  const written = JSON.parse(JSON.stringify(report)) as Omit<Kept, 'digest'>
  return { ...written, digest: reportDigest(written) } as Kept
}

/** A report as it is kept. */
export const encodeJson = (report: object): string => `${JSON.stringify(report, null, 1)}\n`

/** The report of a run that took `seconds`: verdict, exit status and counts follow from the results. */
export const createReport = (
  command: Report['command'],
  settings: Settings,
  judged: Judged,
  seconds: number,
): Report => {
  const { target, startedAt, discovery, skew, problem } = judged
  const baseline = compareBaseline(judged.results, settings)
  const results = judged.results.map((result): CheckResult =>
    isKnownFailure(result, settings) ? { ...result, known: true } : result,
  )
  const verdict = verdictOf(results, settings.strict, baseline && baseline.mend.length > 0)
  return withDigest<Report>({
    report: 'sage-conformance/1',
    command,
    ...suiteIdentity(),
    target,
    run: { ...settings, startedAt, seconds },
    verdict,
    exitStatus: exitStatusOf[verdict],
    counts: countStates(results),
    coverage: coverageOf(results),
    baseline,
    problem,
    discovery,
    skew,
    results,
  })
}
