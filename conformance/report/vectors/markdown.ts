import type { VectorsReport } from '../../../schemas/index.js'
import { countStates, describeCounts } from '../../vectors/verdict.js'
import { code, fenced, fitting, folded, leftOut, LIMIT, table } from '../markdown-text.js'
import { signOf } from '../markdown.js'
import { quoted } from '../shell-word.js'
import { lineOf } from '../text.js'
import { byFile, tellTests, testLines, type ToldTest } from './told.js'

const head = ({ target, run, suite, requirements, verdict, counts, digest }: VectorsReport): string[] => {
  const about = [
    ['command', target.argv.map(quoted).join(' ')],
    ['suite', `${suite.name} ${suite.version}, requirements ${requirements.digest.slice(0, 16)}`],
    ['run', `${run.startedAt}, ${run.seconds.toFixed(1)} s`],
    ['report', digest],
  ]
  return [
    `# ${signOf[verdict]} SAGE 1.0 vectors: ${verdict}`,
    `**${describeCounts(counts)}** in ${run.seconds.toFixed(1)} s.`,
    table(
      ['', ''],
      about.map(([what = '', value = '']) => [what, code(lineOf(value, 300))]),
    ),
  ]
}

const finding = (told: ToldTest): string =>
  `### ${code(told.title)}: ${code(told.verdict)}\n\n${fenced(testLines(told))}`

const HEADER = ['test', 'state', 'op']

const row = ({ title, verdict, op }: ToldTest): string[] => [title, verdict, op].map(each => code(each))

const files = (told: readonly ToldTest[]): string[] => {
  const rows = [...byFile(told)].map(([file, tests]) => [code(file), describeCounts(countStates(tests))])
  return folded(`${rows.length} ${rows.length === 1 ? 'file' : 'files'}`, ['file', 'tests'], rows, LIMIT * 0.04)
}

/**
 * A report of vectors as Markdown, for the summary of a CI run: the verdict, every test that failed with its evidence, what
 * came of each file, and all other tests in tables that open. Always less than 1 MiB.
 */
export const encodeVectorsMarkdown = (report: VectorsReport): string => {
  const told = tellTests(report)
  const of = (state: ToldTest['state']): string[][] => told.filter(each => each.state === state).map(row)
  const failed = told.filter(({ state }) => state === 'fail')
  const findings = fitting(failed.map(finding), LIMIT * 0.6)
  const parts = [
    ...head(report),
    ...(failed.length > 0 ? ['## What is wrong'] : []),
    ...findings.kept,
    ...leftOut(findings.left, 'tests'),
    ...files(told),
    ...(['unsupported', 'blocked', 'skipped', 'pass'] as const).flatMap(state => {
      const rows = of(state)
      return folded(`${rows.length} ${state}`, HEADER, rows, LIMIT * 0.08)
    }),
  ]
  return `${parts.join('\n\n')}\n`
}
