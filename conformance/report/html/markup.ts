import { visible } from './visible.js'

/** HTML that is safe as it stands: made by {@link markup} alone. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What {@link markup} takes: text is escaped, markup is not, and what is absent is nothing. */
export type Part = string | number | Markup | undefined | readonly Part[]

/** Characters of one text that are shown: a hostile one may be of any length. */
const LONGEST = 4000

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** `text` cut to what a page shows of it, between two characters. */
const clipped = (text: string): string => {
  if (text.length <= LONGEST) return text
  const kept = text.slice(0, LONGEST).replace(/[\ud800-\udbff]$/, '')
  return `${kept}… and ${text.length - kept.length} more characters`
}

/** `text` for elements and for quoted attributes, all of it, with nothing in it but what can be seen. */
export const escapeMarkup = (text: string): string =>
  visible(text).replace(/[&<>"']/g, character => entities[character]!)

const escaped = (text: string): string => escapeMarkup(clipped(text))

const rendered = (part: Part): string => {
  if (part === undefined) return ''
  if (part instanceof Markup) return part.text
  if (typeof part === 'object') return part.map(rendered).join('')
  return escaped(String(part))
}

/** A template of HTML: texts put into it are escaped, for elements and for quoted attributes, and cut where they are long. */
export const markup = (template: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(template.map((text, index) => text + rendered(parts[index])).join(''))
