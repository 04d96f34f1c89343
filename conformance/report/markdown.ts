import { transports, type Report } from '../../schemas/index.js'
import { countStates, states } from '../runner/result.js'
import type { Requirement } from '../trace/read-requirements.js'
import { describeCoverage } from './coverage.js'
import { chapterRows, describeCell } from './matrix.js'
import { code, fenced, fitting, folded, leftOut, LIMIT, link, table } from './markdown-text.js'
import { furtherFailures, outcomeOf } from './outcome.js'
import { lineOf } from './text.js'
import { evidenceLines, tellResults, type Told } from './told.js'
import { describeVerdict } from './verdict-text.js'

/** A verdict, seen from afar. */
export const signOf: Record<Report['verdict'], string> = {
  conformant: '✅',
  'conformant but for known failures': '☑️',
  'not conformant': '❌',
  incomplete: '⚠️',
  'suite error': '💥',
}

const countsLine = (results: Report['results']): string => {
  const counts = countStates(results)
  const some = states.filter(state => counts[state] > 0)
  return some.length === 0 ? 'nothing was judged' : some.map(state => `${counts[state]} ${state}`).join(', ')
}

const head = (report: Report): string[] => {
  const { verdict, problem, target, run, suite, requirements, coverage, digest, results } = report
  const about: [what: string, value: string | undefined][] = [
    ['target', target.url],
    ['DID', target.did],
    ['capabilities', target.capabilities.join(', ') || undefined],
    ['suite', `${suite.name} ${suite.version}, requirements ${requirements.digest.slice(0, 16)}`],
    ['run', `${run.startedAt}, ${run.seconds.toFixed(1)} s, seed ${run.seed}, salt ${run.salt}`],
    ['report', digest],
  ]
  const rows = about.flatMap(([what, value]) => (value === undefined ? [] : [[what, code(lineOf(value, 300))]]))
  return [
    `# ${signOf[verdict]} SAGE 1.0: ${describeVerdict(report)}`,
    `${problem === undefined ? '' : `${code(lineOf(problem))}\n\n`}**${countsLine(results)}** in ${run.seconds.toFixed(1)} s. ${describeCoverage(coverage)}.`,
    table(['', ''], rows),
  ]
}

const matrix = (report: Report, requirements: readonly Requirement[]): string[] => {
  const rows = chapterRows(report, requirements)
  if (rows.length === 0) return []
  const used = transports.filter(transport => rows.some(({ cells }) => cells[transport]))
  const body = rows.map(({ chapter, cells }) => [chapter, ...used.map(transport => describeCell(cells[transport]))])
  return ['## Requirements by chapter', table(['chapter', ...used], body)]
}

const finding = ({ page, ...told }: Told): string =>
  [
    `### ${code(told.title)}: ${code(told.verdict)}`,
    [
      ...(told.sentence === undefined ? [] : [told.sentence, '']),
      page === undefined ? code(told.requirement) : link(code(told.requirement), page),
    ]
      .map(each => `> ${each}`)
      .join('\n'),
    fenced(evidenceLines(told)),
  ].join('\n\n')

const HEADER = ['check', 'state', 'observed']

const row = (told: Told): string[] =>
  [told.title, told.verdict, lineOf(told.result.observed ?? '', 300)].map(each => code(each))

/**
 * A report as Markdown, for the summary of a CI run: the verdict, what came of each chapter, every check that did not
 * hold or came to no verdict with its evidence, and all others in tables that open. Always less than 1 MiB.
 */
export const encodeMarkdown = (report: Report, requirements: readonly Requirement[], site?: string): string => {
  const told = tellResults(report, requirements, site)
  const outcome = (one: Told) => outcomeOf(one.result, report.run)
  const known = told.filter(({ result }) => result.known)
  const broken = told.filter(one => !one.result.known && ['failed', 'tolerated'].includes(outcome(one)))
  const undecided = told.filter(one => outcome(one) === 'undecided' && one.result.state !== 'blocked')
  const findings = fitting([...broken, ...undecided].map(finding), LIMIT * 0.65)
  const reasons = report.problem === undefined ? furtherFailures(report) : []
  const further = fitting(
    reasons.map(why => `- ${code(lineOf(why))}`),
    LIMIT * 0.04,
  )
  const blocked = told.filter(({ result }) => result.state === 'blocked')
  const skipped = told.filter(one => outcome(one) === 'skipped')
  const passed = told.filter(one => outcome(one) === 'passed')
  const parts = [
    ...head(report),
    ...further.kept,
    ...leftOut(further.left, 'known failures that do not hold'),
    ...(findings.kept.length + findings.left > 0 ? ['## What does not hold'] : []),
    ...findings.kept,
    ...leftOut(findings.left, 'checks'),
    ...matrix(report, requirements),
    ...folded(
      `${known.length} known ${known.length === 1 ? 'failure' : 'failures'}`,
      HEADER,
      known.map(row),
      LIMIT * 0.04,
    ),
    ...folded(`${blocked.length} blocked`, HEADER, blocked.map(row), LIMIT * 0.08),
    ...folded(`${skipped.length} skipped or not observed`, HEADER, skipped.map(row), LIMIT * 0.08),
    ...folded(`${passed.length} passed`, HEADER, passed.map(row), LIMIT * 0.08),
  ]
  return `${parts.join('\n\n')}\n`
}
