import type { Report } from '../../../schemas/index.js'
import type { Requirement } from '../../trace/read-requirements.js'
import { requirementUrl } from '../published-site.js'
import { withoutLinks } from '../text.js'
import { markup, type Markup, type Part } from './markup.js'
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
  /** The base of a site with a page for each requirement, if there is one. */
  readonly site: string | undefined
}

/** Sorts a report's results into the chapters of the specification; what is of none goes by the first word of its id. */
export const contentsOf = (report: Report, set: readonly Requirement[], site?: string): Contents => {
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
  return { report, requirements, entries, chapters, site }
}

/** A sentence of the specification: its code as code, its links as text. */
export const sentence = (text: string): Markup =>
  markup`${withoutLinks(text)
    .split('`')
    .map((part, index) => (index % 2 === 1 ? markup`<code>${part}</code>` : part))}`

/** Text that leads to the page of a requirement, where there is a site with one. */
export const linked = (text: Part, { id }: Pick<Requirement, 'id'>, { site }: Pick<Contents, 'site'>): Markup =>
  site === undefined ? markup`${text}` : markup`<a href="${requirementUrl(site, id)}">${text}</a>`

/** Where a sentence is. */
export const placeOf = (requirement: Pick<Requirement, 'id' | 'chapter' | 'line'>, contents: Contents): Markup =>
  linked(`spec/${requirement.chapter}.md:${requirement.line}`, requirement, contents)

/** `count` and its noun. */
export const several = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
