import type { Verification } from '../../schemas/index.js'
import { checks } from '../checks/index.js'
import { verifyReport, type Verification as Verified } from '../report/verification.js'
import { describeVerdict } from '../report/verdict-text.js'
import { readTextFile, UsageError } from './usage.js'

type Judged = Exclude<Verified, { readonly kind: 'unreadable' }>

/** What came of it, as `--json` answers it. */
const documentOf = (file: string, verified: Judged): Verification => {
  const verification = 'sage-conformance/1'
  if (verified.kind === 'differs') {
    const { where, what } = verified
    return { verification, file, holds: false, where, what }
  }
  const { report, untold } = verified
  const { verdict, exitStatus, results, target, run, problem, digest } = report
  const about = { verdict, exitStatus, checks: results.length, cutShort: untold, startedAt: run.startedAt }
  const told = problem === undefined ? {} : { problem }
  return { verification, file, holds: true, ...about, target: target.did ?? target.url, ...told, digest }
}

/**
 * `sage-conformance verify REPORT.json`: judges a report again from what it recorded, offline.
 * @returns exit status: 1 where the report does not hold; where it does, that of its verdict
 * @throws UsageError (exit status 2) where it cannot be read, is no report, or one of another version
 */
export const verifyCommand = async (path: string, write: (text: string) => void, json = false): Promise<number> => {
  const verified = await verifyReport(readTextFile('FILE', path), checks)
  if (verified.kind === 'unreadable') throw new UsageError(`${path}: ${verified.why}`)
  if (json) write(`${JSON.stringify(documentOf(path, verified), null, 2)}\n`)
  if (verified.kind === 'differs') {
    if (!json) write(`${path} does not hold: ${verified.where}: ${verified.what}\n`)
    return 1
  }
  const { report, untold } = verified
  if (json) return report.exitStatus
  const { problem, run, target, results } = report
  if (untold > 0)
    write(
      `${untold} checks were cut short: that they are blocked is what the report says, and cannot be judged again\n`,
    )
  const about = problem ?? `${results.length} checks of ${target.did ?? target.url}, ${run.startedAt}`
  write(`${path} holds: ${describeVerdict(report)} (${about})\n`)
  return report.exitStatus
}
