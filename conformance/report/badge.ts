import type { Report } from '../../schemas/index.js'
import { countStates } from '../runner/result.js'
import { describeVerdict } from './verdict-text.js'

const colourOf = {
  conformant: 'brightgreen',
  'conformant but for known failures': 'yellowgreen',
  'not conformant': 'red',
  incomplete: 'yellow',
  'suite error': 'lightgrey',
} as const satisfies Record<Report['verdict'], string>

/** An endpoint of shields.io (schema version 1): a verdict, as it is described, and how many failed. */
export const badgeOf = (label: string, verdict: Report['verdict'], described: string, failed: number): string => {
  const message = failed > 0 ? `${described} (${failed} fail)` : described
  return `${JSON.stringify({ schemaVersion: 1, label, message, color: colourOf[verdict] })}\n`
}

/** A report as a badge: the verdict, and how many checks failed that are not known to. */
export const encodeBadge = (report: Report): string => {
  const { fail } = countStates(report.results.filter(({ known }) => !known))
  return badgeOf('SAGE 1.0', report.verdict, describeVerdict(report), fail)
}
