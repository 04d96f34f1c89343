// Runs in Node and in the page.

/** Something that can be found. */
export interface Entry {
  /** What it is called: an id, a heading, a name. */
  readonly title: string
  readonly kind: 'requirement' | 'check' | 'api' | 'section' | 'page'
  /** From the root of the site. */
  readonly path: string
  /** What is shown under the title. */
  readonly about: string
  /** Further words, in small letters, each once. */
  readonly words: string
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

const weight: Readonly<Record<Entry['kind'], number>> = { requirement: 3, check: 1, api: 2, page: 4, section: 2 }

/** How well one word of a query fits an entry; 0 where it does not. */
const fit = (word: string, title: readonly string[], about: readonly string[], words: string): number => {
  if (title.includes(word)) return 12
  if (title.some(each => each.startsWith(word))) return 8
  if (about.includes(word)) return 4
  if (about.some(each => each.startsWith(word))) return 3
  if (` ${words}`.includes(` ${word}`)) return 2
  return title.some(each => each.includes(word)) ? 1 : 0
}

const scoreOf = (query: string, words: readonly string[], entry: Entry): number => {
  const title = entry.title.toLowerCase()
  if (title === query) return 1000 + weight[entry.kind]
  const [inTitle, inAbout] = [wordsOf(entry.title), wordsOf(entry.about)]
  const fits = words.map(word => fit(word, inTitle, inAbout, entry.words))
  if (fits.includes(0)) return 0
  const begins = title.startsWith(query) ? 100 : 0
  return begins + fits.reduce((sum, each) => sum + each, 0) / fits.length + weight[entry.kind] / 10
}

/** What a query finds, the best first: what is called exactly so, what begins so, and then what has all of its words. */
export const rank = (query: string, entries: readonly Entry[], most: number): Entry[] => {
  const text = query.trim().toLowerCase()
  const words = wordsOf(text)
  if (words.length === 0) return []
  return entries
    .map((entry, index) => ({ entry, index, score: scoreOf(text, words, entry) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.entry.title.length - b.entry.title.length || a.index - b.index)
    .slice(0, most)
    .map(({ entry }) => entry)
}
