import type { Requirement } from './read-requirements.js'
import { judgingOf, type Judges, type Judging } from './judges.js'
import type { Chapter } from './spec-chapters.js'

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

const row = ({ id, level, role, chapter }: Requirement, judges: Judges): string => {
  const link = `[${id}](requirements/${chapter}.md#${id})`
  return `| ${[link, level, role, judgedBy(judgingOf(id, judges))].map(cell).join(' | ')} |`
}

const section = (chapter: Chapter, requirements: readonly Requirement[], judges: Judges): string =>
  [
    `## [${chapter.name}](${chapter.name}.md)`,
    '',
    '| requirement | level | who | judged by |',
    '|---|---|---|---|',
    ...requirements.map(requirement => row(requirement, judges)),
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
Each id leads to the page that says more, the sentence itself included; so does \`sage-conformance explain ID\`.

${sections.join('\n\n')}
`
}
