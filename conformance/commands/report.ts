import { formats, type Formats } from '../report/formats.js'
import { isUnchanged, parseReport, UnreadableReport, type AnyReport } from '../report/parse-report.js'
import { vectorsFormats } from '../report/vectors/formats.js'
import { loadRequirementSet } from '../trace/requirement-set.js'
import { parseReports, parseSite, statusAfterWriting, writeReports } from './report-option.js'
import { readTextFile, UsageError } from './usage.js'

const readReport = (path: string): AnyReport => {
  try {
    return parseReport(readTextFile('FILE', path))
  } catch (cause) {
    throw cause instanceof UnreadableReport ? new UsageError(`${path}: ${cause.message}`, { cause }) : cause
  }
}

const write = <Kept>(
  report: Kept,
  texts: readonly string[],
  formats: Formats<Kept>,
  site: string | undefined,
): number =>
  statusAfterWriting(writeReports(parseReports(texts, formats), report, loadRequirementSet().requirements, site), 0)

/**
 * `sage-conformance report REPORT.json --report FORMAT=FILE`: the other formats of a report that was kept, the same as the run
 * itself would have written.
 * @returns exit status: 0, or 4 where something could not be written; the verdict of the report is not asked here
 * @throws UsageError (exit status 2) where it cannot be read, is no report, was changed, or is one of another version
 */
export const reportCommand = (path: string, texts: readonly string[], siteText?: string): number => {
  const site = parseSite(siteText)
  const report = readReport(path)
  if (!isUnchanged(report)) throw new UsageError(`${path}: its digest is not that of the report: it was changed`)
  if (texts.length === 0) throw new UsageError('nothing to make: say what, such as --report html=report.html')
  return report.command === 'vectors run'
    ? write(report, texts, vectorsFormats, site)
    : write(report, texts, formats, site)
}
