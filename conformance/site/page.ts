import type { Markup } from '../report/html/markup.js'

/** A heading that can be linked to. */
export interface Heading {
  /** Its anchor: unique in its page. */
  readonly id: string
  readonly text: string
  /** From 1, the title of the page. */
  readonly level: number
  /** The plain text under it, up to the next one. */
  readonly said: string
}

/** A page of the site, without the frame that all of them have. */
export interface SitePage {
  /** From the root of the site, such as `spec/session.html`. */
  readonly path: string
  readonly title: string
  /** What is inside `<main>`. */
  readonly body: Markup
  readonly headings: readonly Heading[]
  /** The file of this project that it was made of. */
  readonly source?: string
  /** Where it belongs, the outermost first. */
  readonly trail?: readonly Target[]
}

/** A page by its name. */
export interface Target {
  readonly title: string
  readonly path: string
}

/** A link from one page to another, or to what stands beside it: always relative, so that the site works wherever it is put. */
export const linkFrom = (page: string, to: string): string => {
  const from = page.split('/').slice(0, -1)
  const [path = '', anchor] = to.split('#')
  const parts = path.split('/')
  let same = 0
  while (same < from.length && same < parts.length - 1 && from[same] === parts[same]) same++
  const relative = [...from.slice(same).map(() => '..'), ...parts.slice(same)].join('/')
  return `${path === page && anchor !== undefined ? '' : relative}${anchor === undefined ? '' : `#${anchor}`}`
}

/** The page of a requirement. */
export const requirementPath = (id: string): string => `req/${id}.html`
