import { transports, type Report, type Transport } from '../../schemas/index.js'
import type { Requirement } from '../trace/read-requirements.js'

type Result = Report['results'][number]

/** What came of the requirements of a chapter over one transport, each counted once. */
export interface Cell {
  /** All that judged it passed. */
  readonly held: number
  /** Something that judged it did not pass. */
  readonly broken: number
  /** There are checks of it, and none came to a verdict. */
  readonly unjudged: number
}

/** A chapter, and what came of it over each transport; of one over which nothing was planned there is nothing. */
export interface ChapterRow {
  readonly chapter: string
  readonly cells: Readonly<Partial<Record<Transport, Cell>>>
}

const judging = ['pass', 'warn', 'fail']

const cellOf = (results: readonly Result[], ids: ReadonlySet<string>): Cell | undefined => {
  const states = new Map<string, string[]>()
  for (const { requirement, also, state } of results)
    for (const id of [requirement, ...also]) if (ids.has(id)) states.set(id, [...(states.get(id) ?? []), state])
  if (states.size === 0) return undefined
  let [held, broken, unjudged] = [0, 0, 0]
  for (const of of states.values()) {
    const verdicts = of.filter(state => judging.includes(state))
    if (verdicts.length === 0) unjudged += 1
    else if (verdicts.every(state => state === 'pass')) held += 1
    else broken += 1
  }
  return { held, broken, unjudged }
}

/** What came of each chapter of the specification over each transport of a report, in the order of the chapters. */
export const chapterRows = (report: Report, requirements: readonly Requirement[]): ChapterRow[] =>
  [...new Set(requirements.map(({ chapter }) => chapter))].flatMap(chapter => {
    const ids = new Set<string>(requirements.filter(each => each.chapter === chapter).map(({ id }) => id))
    const cells = transports.flatMap(transport => {
      const cell = cellOf(
        report.results.filter(result => result.transport === transport),
        ids,
      )
      return cell ? [[transport, cell] as const] : []
    })
    return cells.length > 0 ? [{ chapter, cells: Object.fromEntries(cells) }] : []
  })

/** A cell in a few words. */
export const describeCell = (cell: Cell | undefined): string => {
  if (!cell) return '–'
  const { held, broken, unjudged } = cell
  const parts: [count: number, what: string][] = [
    [broken, 'broken'],
    [held, 'hold'],
    [unjudged, 'not judged'],
  ]
  return parts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(', ')
}
