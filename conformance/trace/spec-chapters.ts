import { readdirSync, readFileSync } from 'node:fs'
import { roomPath } from '../../schemas/index.js'

/** One chapter of `spec/`. */
export interface Chapter {
  /** Name of the file without `.md`. */
  readonly name: string
  /** Path from the project's root, for messages. */
  readonly file: string
  /** The whole Markdown text. */
  readonly text: string
}

/** Name of the page that is generated out of the chapters. */
const OVERVIEW = 'requirements'

/** The file that a chapter of this name is in, from the project's root. */
export const chapterFile = (name: string): string => `spec/${name}.md`

/** Names of the chapters in the order in which the table of `spec/README.md` lists them. */
export const chapterNames = (readme: string): string[] =>
  [...readme.matchAll(/^\| \[([a-z-]+)\.md\]\(\1\.md\) \|/gm)].map(match => match[1]!)

/**
 * The chapters of `spec/`, in the order of its README.
 * @throws Error where a chapter is in the folder but not in the README, or the other way round
 */
export function loadChapters(): Chapter[] {
  const listed = chapterNames(readFileSync(roomPath('spec', 'README.md'), 'utf8'))
  const present = readdirSync(roomPath('spec'))
    .flatMap(name => /^([a-z-]+)\.md$/.exec(name)?.[1] ?? [])
    .filter(name => name !== OVERVIEW)
  const unlisted = present.filter(name => !listed.includes(name))
  if (unlisted.length > 0)
    throw new Error(`spec/README.md: the table does not list ${unlisted.map(chapterFile).join(', ')}`)
  return listed.map(name => ({
    name,
    file: chapterFile(name),
    text: readFileSync(roomPath('spec', `${name}.md`), 'utf8'),
  }))
}
