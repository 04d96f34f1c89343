import { Report, VectorsReport } from '../../schemas/index.js'
import { Refusal } from '../probe/refusal.js'
import { parserOf } from '../probe/wire/shape.js'
import { fileKind } from './file-kind.js'
import { reportDigest, suiteIdentity } from './json.js'
import { lineOf } from './text.js'

/** Not a report, or not one that this version of the suite can do anything with: one line that says why. */
export class UnreadableReport extends Error {
  override readonly name = 'UnreadableReport'
}

/** A report of any command. */
export type AnyReport = Report | VectorsReport

const parseRun = parserOf<Report>(Report)
const parseVectors = parserOf<VectorsReport>(VectorsReport)

const parseShape = (value: unknown): AnyReport =>
  (value as Partial<AnyReport> | null)?.command === 'vectors run' ? parseVectors(value) : parseRun(value)

/** Why a report is another version's to judge, if it is. */
const foreignness = (value: unknown): string | undefined => {
  const { suite, requirements } = (value ?? {}) as Partial<AnyReport>
  const own = suiteIdentity()
  if (typeof suite?.name !== 'string' || suite.name !== own.suite.name) return undefined
  const [theirs, ours] = [String(suite.version), own.suite.version].map(version =>
    lineOf(`${own.suite.name} ${version}`, 100),
  )
  if (theirs !== ours) return `it is a report of ${theirs}, and this is ${ours}: use that version`
  return requirements?.digest === own.requirements.digest
    ? undefined
    : `it was judged by other requirements (digest ${lineOf(String(requirements?.digest).slice(0, 16))}) than this suite's (${own.requirements.digest.slice(0, 16)}): use that version`
}

/** The report that `text` is, by its shape alone. Throws UnreadableReport. */
export const parseReport = (text: string): AnyReport => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new UnreadableReport('it is not JSON', { cause })
  }
  const foreign = foreignness(value)
  if (foreign !== undefined) throw new UnreadableReport(foreign)
  try {
    return parseShape(value)
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause
    const kind = (value as Partial<AnyReport> | null)?.report === undefined ? fileKind(value) : undefined
    const why = kind === undefined ? `it is not a report (${cause.message})` : `it is not a report but ${kind}`
    throw new UnreadableReport(why, { cause })
  }
}

/** Is a report as it was written? Never throws. */
export const isUnchanged = (report: AnyReport): boolean => {
  try {
    return reportDigest(report) === report.digest
  } catch (cause) {
    // Of text that is not Unicode there is no canonical form, and so no digest.
    if (cause instanceof Refusal) return false
    throw cause
  }
}
