import type { Knowledge } from '../report/explanation.js'
import { withoutLinks } from '../report/text.js'
import { requirementPath, type Heading, type SitePage } from './page.js'
import type { Entry } from './rank.js'

const ABOUT = 160

const shortened = (text: string): string => {
  if (text.length <= ABOUT) return text
  return `${text.slice(0, ABOUT).replace(/\s+\S*$/, '')} …`
}

/** The words of a text, in small letters, each once, without those that `shown` has already. */
const furtherWords = (text: string, shown: string): string => {
  const wordsOf = (of: string): string[] => of.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? []
  const known = new Set(wordsOf(shown))
  return [...new Set(wordsOf(text))].filter(word => !known.has(word)).join(' ')
}

/** A sentence without the marks of Markdown. */
const plain = (text: string): string => withoutLinks(text).replaceAll('`', '')

const requirementEntries = ({ requirements, judges }: Knowledge): Entry[] => [
  ...requirements.map(({ id, text, level }): Entry => ({
    title: id,
    kind: 'requirement',
    path: requirementPath(id),
    about: shortened(plain(text)),
    words: furtherWords(`${level} ${text}`, shortened(plain(text))),
  })),
  ...judges.checks
    .filter(({ id }) => !requirements.some(each => each.id === id))
    .map(({ id, requirement, by, cases }): Entry => ({
      title: id,
      kind: 'check',
      path: `${requirementPath(requirement)}#${id}`,
      about: `${by}: of ${requirement}`,
      words: furtherWords(cases.join(' '), id),
    })),
]

const sectionEntry = (page: SitePage, { id, text, level, said }: Heading): Entry => {
  const about = level === 1 ? shortened(said) : `${page.title}: ${shortened(said)}`
  return {
    title: text,
    kind: page.path.startsWith('api/') && level > 1 ? 'api' : level === 1 ? 'page' : 'section',
    path: level === 1 ? page.path : `${page.path}#${id}`,
    about,
    words: furtherWords(said, `${text} ${about}`),
  }
}

/** Everything that can be found: requirements, checks, and the sections of pages. */
export const searchEntries = (knowledge: Knowledge, pages: readonly SitePage[]): Entry[] => [
  ...requirementEntries(knowledge),
  ...pages
    .filter(({ path }) => !/^(?:req|files)\/|^index\.html$/.test(path))
    .flatMap(page => page.headings.filter(({ level }) => level <= 3).map(heading => sectionEntry(page, heading))),
]

/** The index as a script, which a page that was opened as a file can load too. */
export const searchScript = (entries: readonly Entry[]): string =>
  `globalThis.searchIndex = ${JSON.stringify(entries).replaceAll('<', '\\u003c')}\n`
