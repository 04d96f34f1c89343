import { checks } from '../checks/index.js'
import { verifyReport } from '../report/verification.js'
import { describeVerdict } from '../report/verdict-text.js'
import { readTextFile, UsageError } from './usage.js'

/**
 * `sage-conformance verify REPORT.json`: judges a report again from what it recorded, offline.
 * @returns exit status: 1 where the report does not hold; where it does, that of its verdict
 * @throws UsageError (exit status 2) where it cannot be read, is no report, or one of another version
 */
export const verifyCommand = async (path: string, write: (text: string) => void): Promise<number> => {
  const verified = await verifyReport(readTextFile('REPORT', path), checks)
  if (verified.kind === 'unreadable') throw new UsageError(`${path}: ${verified.why}`)
  if (verified.kind === 'differs') {
    write(`${path} does not hold: ${verified.where}: ${verified.what}\n`)
    return 1
  }
  const { report, untold } = verified
  const { problem, run, target, results } = report
  if (untold > 0)
    write(
      `${untold} checks were cut short: that they are blocked is what the report says, and cannot be judged again\n`,
    )
  const about = problem ?? `${results.length} checks of ${target.did ?? target.url}, ${run.startedAt}`
  write(`${path} holds: ${describeVerdict(report)} (${about})\n`)
  return report.exitStatus
}
