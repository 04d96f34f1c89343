import type { Knowledge, Proof } from '../report/explanation.js'
import { withLinksFrom } from '../report/text.js'
import { placeOf } from './heading-anchor.js'
import { judgingOf, type JudgingCheck, type JudgingVector } from './judges.js'
import type { Requirement } from './read-requirements.js'
import type { Chapter } from './spec-chapters.js'

/** Text as code, whatever is in it. */
const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``)

const codes = (texts: readonly string[]): string => texts.map(code).join(', ')

const provenBy = (ids: readonly string[], mutants: readonly Proof[]): string[] => {
  const names = mutants.filter(({ kills }) => kills.some(id => ids.includes(id))).map(({ name }) => name)
  return names.length === 0 ? [] : [`  - found out by it: ${codes(names)}`]
}

const checkLines = (check: JudgingCheck, requirement: string, mutants: readonly Proof[]): string[] => {
  const notes = [...(check.requirement === requirement ? [] : [`of ${check.requirement}`]), ...check.notes]
  return [
    `- \`${check.by}\`: ${code(check.id)}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`,
    ...(check.cases.length > 0 ? [`  - cases: ${codes(check.cases)}`] : []),
    ...provenBy([check.id], mutants),
  ]
}

const vectorLines = (file: string, vectors: readonly JudgingVector[], mutants: readonly Proof[]): string[] => {
  const ids = vectors.filter(vector => vector.file === file).map(({ id }) => id)
  const names = ids.map(id => id.slice(file.length + 1))
  return [`- vectors [${file}.json](../../vectors/${file}.json): ${codes(names)}`, ...provenBy(ids, mutants)]
}

const judgeLines = (id: string, { judges, mutants }: Knowledge): string[] => {
  const { checks, vectors, reason, issue } = judgingOf(id, judges)
  const files = [...new Set(vectors.map(({ file }) => file))]
  const lines = [
    ...checks.flatMap(check => checkLines(check, id, mutants)),
    ...files.flatMap(file => vectorLines(file, vectors, mutants)),
    ...(reason === undefined ? [] : [`- nobody outside can observe it: ${reason.replace(/\s+/g, ' ')}`]),
    ...(issue === undefined ? [] : [`- nobody judges it yet; issue ${issue} will`]),
  ]
  return lines.length > 0 ? lines : ['- nobody judges it']
}

const section = (requirement: Requirement, chapter: Chapter, knowledge: Knowledge): string => {
  const { id, level, role, line, text } = requirement
  return [
    `## <a id="${id}"></a>${id}`,
    `**${level}**, ${role}, [${chapter.file}:${line}](../${placeOf(chapter, line)})`,
    `> ${withLinksFrom(text, '../')}`,
    judgeLines(id, knowledge).join('\n'),
  ].join('\n\n')
}

const page = (chapter: Chapter, requirements: readonly Requirement[], knowledge: Knowledge): string => `\
<!-- Generated from the normative sentences of spec/ by \`npm run generate\`. Do not edit. -->

# Requirements of [${chapter.file}](../${chapter.name}.md)

Each sentence with what judges it: the checks of \`run\` and \`run-client\`, with their cases; the vectors; and the broken agents and cores that these find
out, which prove that they can. [All chapters](../requirements.md).

${requirements.map(requirement => section(requirement, chapter, knowledge)).join('\n\n')}
`

/** What is said of the requirements of each chapter that has some: Markdown, by its path from the project's root. */
export const requirementPages = (
  chapters: readonly Chapter[],
  requirements: readonly Requirement[],
  knowledge: Knowledge,
): [path: string, text: string][] =>
  chapters.flatMap(chapter => {
    const own = requirements.filter(({ chapter: name }) => name === chapter.name)
    return own.length > 0 ? [[`spec/requirements/${chapter.name}.md`, page(chapter, own, knowledge)]] : []
  })
