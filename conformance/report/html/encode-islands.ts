import type { Report } from '../../../schemas/index.js'
import { encodeShared } from './island.js'
import { Markup } from './markup.js'
import type { PageCase } from './shapes.js'

/** Shorter texts take no less room as a reference. */
const WORTH_SHARING = 8

/** How often each text occurs in `value`. */
const countTexts = (value: unknown, counts = new Map<string, number>()): Map<string, number> => {
  if (typeof value === 'string') counts.set(value, (counts.get(value) ?? 0) + 1)
  else if (typeof value === 'object' && value !== null)
    for (const each of Object.values(value)) countTexts(each, counts)
  return counts
}

// ASCII alone, and no `<`: nothing in it can end the element, begin a comment, or be read otherwise in another encoding.
const island = (id: string, json: string): string => {
  const text = json.replace(
    /[<\u007f-\uffff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `<script type="application/json" id="${id}">${text}</script>\n`
}

const casesOf = (result: Report['results'][number]): PageCase[] =>
  result.cases.map(({ clock: _clock, signatures: _signatures, ...shown }) => shown)

/** What happened before the checks, as cases of no check. */
const preludeOf = ({ discovery, skew }: Report): PageCase[] =>
  [
    { name: 'how the agent card was read', evidence: discovery },
    { name: "how the target's clock was measured", evidence: skew },
  ].flatMap(({ name, evidence }) =>
    evidence && evidence.transcript.length > 0
      ? [{ name, state: 'pass' as const, reasonCode: '', transcript: evidence.transcript }]
      : [],
  )

/**
 * The transcripts of a report as JSON islands, `data-N` for the result with index N, `data-prelude` for what came before, and
 * `data-shared` for the texts that they share. Each is read by itself when it is asked for.
 */
export const encodeIslands = (report: Report): Markup => {
  const parts: [id: string, cases: PageCase[]][] = [
    ['data-prelude', preludeOf(report)],
    ...report.results.map((result, index): [string, PageCase[]] => [`data-${index}`, casesOf(result)]),
  ]
  const counts = countTexts(parts.map(([, cases]) => cases))
  const shared = [...counts].filter(([text, count]) => count > 1 && text.length >= WORTH_SHARING).map(([text]) => text)
  const indexOf = new Map(shared.map((text, index) => [text, index]))
  const encode = (_: string, value: unknown): unknown =>
    typeof value === 'string' ? encodeShared(value, indexOf) : value
  const islands = parts.map(([id, cases]) => island(id, JSON.stringify(cases, encode)))
  return new Markup(island('data-shared', JSON.stringify(shared)) + islands.join(''))
}

/** Whether there is anything in `data-prelude`. */
export const hasPrelude = (report: Report): boolean => preludeOf(report).length > 0
