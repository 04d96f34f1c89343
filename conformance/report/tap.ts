import type { Report } from '../../schemas/index.js'
import type { Requirement } from '../trace/read-requirements.js'
import { outcomeOf, furtherFailures } from './outcome.js'
import { encodeTapDocument, type TapPoint } from './tap-document.js'
import { tellResults, type Told } from './told.js'
import { describeVerdict } from './verdict-text.js'

const pointOf = (told: Told, run: Report['run']): TapPoint => {
  const { result, title, verdict, requirement, sentence, expected, observed, cases, exchanges, again, page } = told
  return {
    outcome: outcomeOf(result, run),
    title,
    reason: observed === undefined ? verdict : `${verdict}: ${observed}`,
    diagnostics: Object.entries({
      state: result.state,
      verdict,
      requirement,
      sentence,
      expected,
      observed,
      cases,
      exchanges,
      again,
      page,
    }),
  }
}

/**
 * A report as TAP 14: a test point for each check over each transport. What is skipped or not observed is `# SKIP`; a
 * SHOULD that does not hold, and a known failure, `# TODO`. Where a report is no success for other reasons, points that
 * are not ok say which.
 */
export const encodeTap = (report: Report, requirements: readonly Requirement[], site?: string): string =>
  encodeTapDocument({
    about: `sage-conformance judges ${report.target.url}`,
    points: tellResults(report, requirements, site).map(told => pointOf(told, report.run)),
    further: furtherFailures(report),
    verdict: `${describeVerdict(report)}; report ${report.digest}`,
  })
