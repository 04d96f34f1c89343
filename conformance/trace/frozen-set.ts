import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { rootPath, roomPath } from '../../schemas/index.js'
import type { Requirement } from './read-requirements.js'

/** What a published version of the specification asks, sentence by sentence. */
export interface FrozenSet {
  /** Version of the specification. */
  readonly version: string
  /** {@link frozenDigest} of `requirements`. */
  readonly digest: string
  readonly requirements: readonly FrozenRequirement[]
}

/** One sentence as it was frozen. */
export interface FrozenRequirement {
  readonly id: string
  readonly level: string
  /** SHA-256 in hex of the sentence, 64 digits, white space folded. */
  readonly sentence: string
}

/** The version that is frozen, and the tag under which it is published. */
export const FROZEN_VERSION = '1.0'
const TAG = 'v1.0.0'
const PATH = `spec/frozen/${FROZEN_VERSION}.json`

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')

/** SHA-256 in hex over one line `id level sentence`, ended by a line feed, for each requirement, by their ids. */
export const frozenDigest = (requirements: readonly FrozenRequirement[]): string =>
  sha256(
    requirements
      .map(({ id, level, sentence }) => `${id} ${level} ${sentence}\n`)
      .sort()
      .join(''),
  )

/** A sentence as it would be frozen now. */
export const frozenForm = ({ id, level, text }: Requirement): FrozenRequirement => ({
  id,
  level,
  sentence: sha256(text),
})

/** The set that `requirements` are, by their ids: where a sentence stands in the prose may change. */
export const freeze = (requirements: readonly Requirement[]): FrozenSet => {
  const frozen = requirements.map(frozenForm).sort((a, b) => (a.id < b.id ? -1 : 1))
  return { version: FROZEN_VERSION, digest: frozenDigest(frozen), requirements: frozen }
}

/** Text of the file of a set. */
export const encodeFrozenSet = (set: FrozenSet): string => {
  const $comment = 'What SAGE 1.0 asks, as it was published. Written by `npm run trace -- --freeze`; never edited.'
  return JSON.stringify({ $comment, ...set }, null, 2) + '\n'
}

/** The set in the house; nothing where none was frozen. */
export const loadFrozenSet = (): FrozenSet | undefined => {
  const path = roomPath('spec', 'frozen', `${FROZEN_VERSION}.json`)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as FrozenSet) : undefined
}

/** Writes the set. @returns its path from the project's root */
export const writeFrozenSet = (set: FrozenSet): string => {
  const path = roomPath('spec', 'frozen', `${FROZEN_VERSION}.json`)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, encodeFrozenSet(set))
  return PATH
}

/** The set that was published under its tag; nothing where there is no such tag, or no history. */
export const loadPublishedSet = (root: string = rootPath): FrozenSet | undefined => {
  try {
    const args = ['-C', root, 'show', `refs/tags/${TAG}:${PATH}`]
    const text = execFileSync('git', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 2 ** 26,
    })
    return JSON.parse(text) as FrozenSet
  } catch {
    return undefined
  }
}
