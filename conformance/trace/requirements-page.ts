import type { Requirement } from './read-requirements.js'
import { judgingOf, type Judges, type Judging } from './judges.js'
import type { Chapter } from './spec-chapters.js'

/** The anchor of a heading, as Markdown renderers make it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')

/** The nearest heading above a line, from 1; the first of the chapter where there is none. */
const headingAbove = ({ text }: Chapter, line: number): string => {
  const lines = text.split('\n')
  const above = lines.slice(0, line).findLast(each => /^#+ /.test(each)) ?? lines[0] ?? ''
  return above.replace(/^#+ /, '')
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ')

const code = (text: string): string => `\`${text}\``

const judgedBy = ({ checks, vectors, reason, issue }: Judging): string => {
  const files = [...new Set(vectors.map(({ file }) => file))].map(file => {
    const count = vectors.filter(vector => vector.file === file).length
    return `[${file}.json](../vectors/${file}.json) (${count})`
  })
  const judges = [...checks.map(({ id, by }) => (by === 'run' ? code(id) : `${code(id)} of clients`)), ...files]
  if (judges.length > 0) return judges.join(', ')
  if (reason !== undefined) return `nobody can observe it: ${reason}`
  return issue === undefined ? 'nobody' : `nobody yet; issue ${issue}`
}

const row = (requirement: Requirement, chapter: Chapter, judges: Judges): string => {
  const { id, level, role, line } = requirement
  const link = `[${id}](${chapter.name}.md#${anchorOf(headingAbove(chapter, line))})`
  return `| ${[link, level, role, judgedBy(judgingOf(id, judges))].map(cell).join(' | ')} |`
}

const section = (chapter: Chapter, requirements: readonly Requirement[], judges: Judges): string =>
  [
    `## [${chapter.name}](${chapter.name}.md)`,
    '',
    '| requirement | level | who | judged by |',
    '|---|---|---|---|',
    ...requirements.map(requirement => row(requirement, chapter, judges)),
  ].join('\n')

/** Text of `spec/requirements.md`: every requirement by chapters, and what judges it. */
export const requirementsPage = (
  chapters: readonly Chapter[],
  requirements: readonly Requirement[],
  judges: Judges,
): string => {
  const sections = chapters.flatMap(chapter => {
    const own = requirements.filter(({ chapter: name }) => name === chapter.name)
    return own.length > 0 ? [section(chapter, own, judges)] : []
  })
  return `\
<!-- Generated from the normative sentences of spec/ by \`npm run generate\`. Do not edit. -->

# Requirements

Every normative sentence of SAGE 1.0, and what judges it: checks of a live agent by their ids (those of clients are made by \`run-client\`), vectors by their files with the number of tests.
\`sage-conformance explain ID\` says more of each, the sentence itself included.

${sections.join('\n\n')}
`
}
