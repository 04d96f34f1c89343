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

/** A report as an endpoint of shields.io (schema version 1): the verdict, and how many checks failed. */
export const encodeBadge = (report: Report): string => {
  const { verdict, results } = report
  const { fail } = countStates(results.filter(({ known }) => !known))
  const failed = fail > 0 ? ` (${fail} fail)` : ''
  const badge = {
    schemaVersion: 1,
    label: 'SAGE 1.0',
    message: describeVerdict(report) + failed,
    color: colourOf[verdict],
  }
  return `${JSON.stringify(badge)}\n`
}
