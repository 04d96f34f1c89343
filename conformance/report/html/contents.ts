import type { Report } from '../../../schemas/index.js'
import type { Requirement } from '../../trace/read-requirements.js'
import { withoutLinks } from '../text.js'
import { markup, type Markup } from './markup.js'
import type { Result } from './shapes.js'

/** A result, and its index in the report: the page refers to it by that. */
export interface Entry {
  readonly index: number
  readonly result: Result
  /** Chapter of the specification. */
  readonly chapter: string
}

/** A chapter with its requirements and the results of their checks. */
export interface Chapter {
  readonly name: string
  readonly requirements: readonly Pick<Requirement, 'id' | 'text' | 'line' | 'level'>[]
  readonly entries: readonly Entry[]
}

/** What the page is made of, in the order of the specification. */
export interface Contents {
  readonly report: Report
  readonly requirements: ReadonlyMap<string, Requirement>
  readonly entries: readonly Entry[]
  readonly chapters: readonly Chapter[]
}

/** Sorts a report's results into the chapters of the specification; what is of none goes by the first word of its id. */
export const contentsOf = (report: Report, set: readonly Requirement[]): Contents => {
  const requirements = new Map(set.map(each => [each.id, each]))
  const entries = report.results.map((result, index) => {
    const chapter = requirements.get(result.requirement)?.chapter ?? result.requirement.split('.', 1)[0] ?? ''
    return { index, result, chapter }
  })
  const names = new Set([...set.map(({ chapter }) => chapter), ...entries.map(({ chapter }) => chapter)])
  const chapters = [...names].map(name => ({
    name,
    requirements: set.filter(({ chapter }) => chapter === name),
    entries: entries.filter(({ chapter }) => chapter === name),
  }))
  return { report, requirements, entries, chapters }
}

/** A sentence of the specification: its code as code, its links as text. */
export const sentence = (text: string): Markup =>
  markup`${withoutLinks(text)
    .split('`')
    .map((part, index) => (index % 2 === 1 ? markup`<code>${part}</code>` : part))}`

/** Where a sentence is. */
export const placeOf = ({ chapter, line }: Pick<Requirement, 'chapter' | 'line'>): string =>
  `spec/${chapter}.md:${line}`

/** `count` and its noun. */
export const several = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
