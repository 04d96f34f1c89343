import { createHash } from 'node:crypto'
import type { Chapter } from './spec-chapters.js'

/** The key words of BCP 14 that this specification uses. */
export type Level = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT' | 'MAY'

/** One normative sentence of `spec/`. */
export interface Requirement {
  readonly id: string
  readonly level: Level
  /** Subject of the sentence, one of the table in `spec/conventions.md`. */
  readonly role: string
  /** Name of the chapter, without `.md`. */
  readonly chapter: string
  /** Line of the chapter on which the item begins, from 1. */
  readonly line: number
  /** The sentence without its id, white space folded. */
  readonly text: string
  /** First 16 hex digits of the SHA-256 of `text` in UTF-8. */
  readonly hash: string
}

/** What reading the prose gave: its requirements, and one line of text for every rule of writing that it breaks. */
export interface Reading {
  readonly requirements: Requirement[]
  readonly problems: string[]
}

const keyWord = /\b(?:MUST NOT|MUST|SHOULD NOT|SHOULD|MAY)\b/g
const foreignKeyWord = /\b(?:SHALL|REQUIRED|RECOMMENDED|OPTIONAL)\b/
const idForm = /^[a-z][a-z0-9]*\.[a-z0-9]+(?:-[a-z0-9]+)*$/

const fold = (text: string): string => text.replace(/\s+/g, ' ').trim()

const blank = (text: string): string => text.replace(/[^\n]/g, ' ')

// Code is quotation: a key word in a fenced block or a code span is a mention. Lengths stay, so that lines match.
const withoutCode = (text: string): string =>
  text.replace(/^```[^]*?^```/gm, blank).replace(/`(?:[^`\n]|\n(?![ \t]*\n))+`/g, blank)

/** First 16 hex digits of the SHA-256 of a sentence. */
export const sentenceHash = (text: string): string =>
  createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 16)

/** The subjects that the table `| subject | whom |` of `spec/conventions.md` defines. */
export function readSubjects(conventions: string): string[] {
  const [, rows = ''] = /^\| subject \| whom \|\n\|[-|]+\|\n((?:\|.*\n?)+)/m.exec(conventions) ?? []
  return rows
    .split('\n')
    .flatMap(row => (row.split('|')[1] ?? '').split(',').map(fold))
    .filter(Boolean)
}

/**
 * Reads the normative sentences out of the prose: list items `- **id** Sentence.`, whose further lines are indented
 * by two spaces. The subject names the role, the one key word the level.
 */
export function readRequirements(chapters: readonly Chapter[]): Reading {
  const requirements: Requirement[] = []
  const problems: string[] = []
  const subjects = readSubjects(chapters.find(chapter => chapter.name === 'conventions')?.text ?? '')
  const firstPlace = new Map<string, string>()

  for (const { name, file, text } of chapters) {
    const lines = text.split('\n')
    const plain = withoutCode(text).split('\n')
    for (let at = 0; at < lines.length; at++) {
      const place = `${file}:${at + 1}`
      const problem = (what: string) => problems.push(`${place} ${what}`)
      const [, id, rest] = /^- \*\*(.+?)\*\*(.*)$/.exec(plain[at]!.trim() === '' ? '' : lines[at]!) ?? []
      if (id === undefined || rest === undefined) {
        const stray = plain[at]!.match(keyWord)?.[0] ?? plain[at]!.match(foreignKeyWord)?.[0]
        if (stray)
          problem(`${stray} stands outside a normative item: give the sentence an id, or put the word in a code span`)
        continue
      }
      const first = at
      while (/^ {2,}\S/.test(lines[at + 1] ?? '')) at++
      const sentence = fold([rest, ...lines.slice(first + 1, at + 1)].join(' '))
      const bare = plain.slice(first, at + 1).join(' ')
      const levels = bare.match(keyWord) ?? []
      const foreign = bare.match(foreignKeyWord)?.[0]
      const role = /^An? ([a-z]+)\b/.exec(sentence)?.[1]

      if (!idForm.test(id)) problem(`"${id}" is not an identifier of the form topic.what-it-asks`)
      else if (firstPlace.has(id)) problem(`${id} stands already at ${firstPlace.get(id)}`)
      else firstPlace.set(id, place)
      if (foreign) problem(`${id} uses ${foreign}, which is not one of MUST, MUST NOT, SHOULD, SHOULD NOT, MAY`)
      if (levels.length !== 1)
        problem(`${id} has ${levels.length === 0 ? 'no key word' : `${levels.length} key words`}, not one`)
      if (role === undefined || !subjects.includes(role))
        problem(
          `${id} has no known subject: it begins "${sentence.split(' ').slice(0, 2).join(' ')}", not with one of ${subjects.join(', ')}`,
        )
      if (!sentence.endsWith('.'))
        problem(`${id} does not end with a full stop: are its further lines indented by two spaces?`)
      requirements.push({
        id,
        level: levels[0] as Level,
        role: role ?? '',
        chapter: name,
        line: first + 1,
        text: sentence,
        hash: sentenceHash(sentence),
      })
    }
  }
  return { requirements, problems }
}
