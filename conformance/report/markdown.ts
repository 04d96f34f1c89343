import { transports, type Report } from '../../schemas/index.js'
import { countStates, states } from '../runner/result.js'
import type { Requirement } from '../trace/read-requirements.js'
import { describeCoverage } from './coverage.js'
import { chapterRows, describeCell } from './matrix.js'
import { furtherFailures, outcomeOf } from './outcome.js'
import { lineOf } from './text.js'
import { evidenceLines, tellResults, type Told } from './told.js'
import { describeVerdict } from './verdict-text.js'

/** Bytes that a summary on GitHub may have. The shares of its parts, all told, leave room for head and matrix. */
const LIMIT = 2 ** 20

// A character reference is never a mark of Markdown or HTML. Letters, digits and the rest of Unicode are none either, nor
// are dots and hyphens in the middle of a line, save in what is taken for an address.
const reference = (letter: string): string => `&#${letter.codePointAt(0)};`

/** As code, somewhere in a line: nobody is mentioned in it, and nothing linked. */
const code = (text: string): string =>
  text === ''
    ? ''
    : `<code>${text
        .replace(/[^\p{L}\p{N}\p{S} ,;()/.-]|[`|<>~^$+=]/gu, reference)
        .replace(/(?<=www)\./gi, reference)}</code>`

/** Lines as they are, in a fence that is longer than any in them. */
const fenced = (lines: readonly string[]): string => {
  const text = lines.join('\n')
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text}\n${fence}`
}

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')

const signOf: Record<Report['verdict'], string> = {
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

const finding = (told: Told): string =>
  [
    `### ${code(told.title)}: ${code(told.verdict)}`,
    [...(told.sentence === undefined ? [] : [told.sentence, '']), code(told.requirement)]
      .map(each => `> ${each}`)
      .join('\n'),
    fenced(evidenceLines(told)),
  ].join('\n\n')

const row = (told: Told): string =>
  `| ${[told.title, told.verdict, lineOf(told.result.observed ?? '', 300)].map(code).join(' | ')} |`

const bytes = (text: string): number => Buffer.byteLength(text, 'utf8')

/** As many of `parts` as there is room for, and the number of the others. */
const fitting = (
  parts: readonly string[],
  room: number,
): { readonly kept: readonly string[]; readonly left: number } => {
  let taken = 0
  const over = parts.findIndex(part => (taken += bytes(part) + 2) > room)
  return over < 0 ? { kept: parts, left: 0 } : { kept: parts.slice(0, over), left: parts.length - over }
}

const leftOut = (left: number, what: string): string[] =>
  left === 0 ? [] : [`*${left} more ${what} are left out here, for want of room; the JSON report has them all.*`]

const folded = (summary: string, rows: readonly string[], room: number): string[] => {
  if (rows.length === 0) return []
  const { kept, left } = fitting(rows, room)
  const header = '| check | state | observed |\n| --- | --- | --- |'
  return [
    `<details><summary>${summary}</summary>`,
    [header, ...kept].join('\n'),
    ...leftOut(left, 'checks'),
    '</details>',
  ]
}

/**
 * A report as Markdown, for the summary of a CI run: the verdict, what came of each chapter, every check that did not
 * hold or came to no verdict with its evidence, and all others in tables that open. Always less than 1 MiB.
 */
export const encodeMarkdown = (report: Report, requirements: readonly Requirement[]): string => {
  const told = tellResults(report, requirements)
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
    ...folded(`${known.length} known ${known.length === 1 ? 'failure' : 'failures'}`, known.map(row), LIMIT * 0.04),
    ...folded(`${blocked.length} blocked`, blocked.map(row), LIMIT * 0.08),
    ...folded(`${skipped.length} skipped or not observed`, skipped.map(row), LIMIT * 0.08),
    ...folded(`${passed.length} passed`, passed.map(row), LIMIT * 0.08),
  ]
  return `${parts.join('\n\n')}\n`
}
