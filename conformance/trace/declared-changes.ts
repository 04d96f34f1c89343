import { readdirSync, readFileSync } from 'node:fs'
import { roomPath } from '../../schemas/index.js'

/** A change of what is asked, as a decision record declares it. */
export interface DeclaredChange {
  /** File of the record, from the project's root. */
  readonly record: string
  readonly kind: 'added' | 'changed' | 'removed'
  readonly id: string
  /** First 16 hex digits of the SHA-256 of the sentence as it is then; a sentence that is removed has none. */
  readonly hash?: string
}

/** What a decision record declares, and one line of text for every line that is no declaration. */
export interface DeclaredChanges {
  readonly changes: readonly DeclaredChange[]
  readonly problems: readonly string[]
}

/** The heading under which a record declares its changes, each a list item. */
const HEADING = '## Changes since 1.0'
const ITEM = /^- (added|changed|removed) `([a-z][a-z0-9]*\.[a-z0-9-]+)`(?: `([0-9a-f]{16})`)?$/

/** What one record declares, in its order. */
export const readChanges = (record: string, text: string): DeclaredChanges => {
  const [, below = ''] = text.split(`\n${HEADING}\n`)
  const [section = ''] = below.split(/^#/m)
  const changes: DeclaredChange[] = []
  const problems: string[] = []
  for (const line of section.split('\n').filter(each => each.startsWith('- '))) {
    const [, kind, id, hash] = ITEM.exec(line) ?? []
    const isWhole = kind !== undefined && id !== undefined && (hash === undefined) === (kind === 'removed')
    if (isWhole) changes.push({ record, kind: kind as DeclaredChange['kind'], id, ...(hash !== undefined && { hash }) })
    else
      problems.push(`${record}: "${line}" is not of the form "- added|changed \`id\` \`hash\`" or "- removed \`id\`"`)
  }
  return { changes, problems }
}

/** What all records of `spec/decisions/` declare, in the order of their numbers. */
export const loadChanges = (): DeclaredChanges => {
  const names = readdirSync(roomPath('spec', 'decisions')).filter(name => /^\d{4}-.*\.md$/.test(name))
  const all = names
    .sort()
    .map(name => readChanges(`spec/decisions/${name}`, readFileSync(roomPath('spec', 'decisions', name), 'utf8')))
  return { changes: all.flatMap(({ changes }) => changes), problems: all.flatMap(({ problems }) => problems) }
}
