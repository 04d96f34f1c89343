import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { publishedSchemas, schemaText } from '../../schemas/emit.js'
import { rootPath, roomPath } from '../../schemas/index.js'
import { loadJudges } from './judges.js'
import type { Requirement } from './read-requirements.js'
import { encodeRequirementSet } from './requirement-set.js'
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
export const generatedFiles = (requirements: readonly Requirement[]): ReadonlyMap<string, string> =>
  new Map([
    ['spec/requirements.json', encodeRequirementSet(requirements)],
    ['spec/requirements.md', requirementsPage(loadChapters(), requirements, loadJudges())],
    ['schemas/requirement-id.ts', requirementIdSource(requirements)],
    ...(Object.keys(publishedSchemas) as (keyof typeof publishedSchemas)[]).map(
      name => [`schemas/${name}.schema.json`, schemaText(name)] as const,
    ),
  ])

const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Paths of the files that are not what they ought to be, and of schemas that nothing generates any more. */
export function driftedFiles(files: ReadonlyMap<string, string>): string[] {
  const changed = [...files].filter(([path, text]) => readIfThere(join(rootPath, path)) !== text).map(([path]) => path)
  const orphans = readdirSync(roomPath('schemas'))
    .filter(name => name.endsWith('.schema.json') && !files.has(`schemas/${name}`))
    .map(name => `schemas/${name}`)
  return [...changed, ...orphans]
}
