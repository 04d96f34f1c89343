import type { VectorsReport } from '../../../schemas/index.js'
import { quoted } from '../shell-word.js'
import { encodeTapDocument, type TapPoint } from '../tap-document.js'
import { furtherReasons, tellTests, type ToldTest } from './told.js'

const pointOf = ({ state, outcome, title, what, op, requirements, comment, failure, again }: ToldTest): TapPoint => ({
  outcome,
  title,
  reason: state,
  diagnostics: Object.entries({ state, what, ...failure, comment, op, requirements, again }),
})

/**
 * A report of vectors as TAP 14: a test point for each test. What was skipped is `# SKIP`; what is unsupported or was not
 * asked is not ok.
 */
export const encodeVectorsTap = (report: VectorsReport): string =>
  encodeTapDocument({
    about: `sage-conformance vectors run -- ${report.target.argv.map(quoted).join(' ')}`,
    points: tellTests(report).map(pointOf),
    further: furtherReasons(report),
    verdict: `${report.verdict}; report ${report.digest}`,
  })
