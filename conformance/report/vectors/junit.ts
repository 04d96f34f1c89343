import type { VectorsReport } from '../../../schemas/index.js'
import { encodeJunitDocument, furtherSuite, junitVerdictOf, type JunitCase } from '../junit-document.js'
import { quoted } from '../shell-word.js'
import { byFile, furtherReasons, tellTests, testLines, type ToldTest } from './told.js'

const caseOf = (told: ToldTest): JunitCase => {
  const { state, outcome, title, file, verdict, what, seconds = 0 } = told
  return {
    name: title,
    classname: `sage.vectors.${file}`,
    seconds,
    verdict: junitVerdictOf(outcome),
    message: what === undefined ? verdict : `${verdict}: ${what}`,
    type: state,
    evidence: testLines(told),
    output: [verdict, ...(outcome === 'passed' ? [] : testLines(told))],
  }
}

/**
 * A report of vectors as the XML of JUnit: a suite for each file, a test for each of its tests, which says its state in its
 * first line of output. What is unsupported or was not asked is an error.
 */
export const encodeVectorsJunit = (report: VectorsReport): string => {
  const { target, run, verdict, exitStatus, suite, requirements, digest } = report
  const command = target.argv.map(quoted).join(' ')
  const files = [...byFile(tellTests(report))]
  return encodeJunitDocument({
    name: `sage-conformance vectors ${command}`,
    startedAt: run.startedAt,
    seconds: run.seconds,
    properties: [
      ['verdict', verdict],
      ['exit status', String(exitStatus)],
      ['command', command],
      ['suite', `${suite.name} ${suite.version}`],
      ['requirements', requirements.digest],
      ['report', digest],
    ],
    suites: [
      ...files.map(([file, told]) => ({ name: `SAGE 1.0 vectors ${file}`, cases: told.map(caseOf) })),
      ...furtherSuite('SAGE 1.0 vectors', furtherReasons(report)),
    ],
  })
}
