import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { publishedSchemas, schemaText } from '../../schemas/emit.js'
import { rootPath, roomPath } from '../../schemas/index.js'
import type { Knowledge } from '../report/explanation.js'
import type { Requirement } from './read-requirements.js'
import { encodeRequirementSet } from './requirement-set.js'
import { requirementPages } from './requirement-pages.js'
import { requirementsPage } from './requirements-page.js'
import { loadChapters } from './spec-chapters.js'

/** Text of `schemas/requirement-id.ts`. */
export const requirementIdSource = (requirements: readonly Requirement[]): string => `\
// Generated from the normative sentences of spec/ by \`npm run generate\`. Do not edit.

/** Every requirement of SAGE 1.0, in the order of the prose. */
export const requirementIds = [
${requirements.map(({ id }) => `  '${id}',\n`).join('')}] as const

/** Identifier of a normative sentence. */
export type RequirementId = (typeof requirementIds)[number]
`

/** Every generated file: its path from the project's root, and the text that it ought to have. */
export const generatedFiles = (
  requirements: readonly Requirement[],
  knowledge: Knowledge,
): ReadonlyMap<string, string> => {
  const chapters = loadChapters()
  return new Map([
    ['spec/requirements.json', encodeRequirementSet(requirements)],
    ['spec/requirements.md', requirementsPage(chapters, requirements, knowledge.judges)],
    ...requirementPages(chapters, requirements, knowledge),
    ['schemas/requirement-id.ts', requirementIdSource(requirements)],
    ...(Object.keys(publishedSchemas) as (keyof typeof publishedSchemas)[]).map(
      name => [`schemas/${name}.schema.json`, schemaText(name)] as const,
    ),
  ])
}

const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const namesIn = (...place: Parameters<typeof roomPath>): string[] => {
  const path = roomPath(...place)
  return existsSync(path) ? readdirSync(path) : []
}

/** Paths of the files that are not what they ought to be, and of those that nothing generates any more. */
export function driftedFiles(files: ReadonlyMap<string, string>): string[] {
  const changed = [...files].filter(([path, text]) => readIfThere(join(rootPath, path)) !== text).map(([path]) => path)
  const found = [
    ...namesIn('schemas').flatMap(name => (name.endsWith('.schema.json') ? `schemas/${name}` : [])),
    ...namesIn('spec', 'requirements').map(name => `spec/requirements/${name}`),
  ]
  return [...changed, ...found.filter(path => !files.has(path))]
}
