import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { roomPath } from '../../schemas/index.js'
import type { Requirement } from './read-requirements.js'

/** `spec/requirements.json`: every normative sentence, generated from the prose. */
export interface RequirementSet {
  readonly suite: 'sage/1.0'
  /** {@link requirementDigest} of `requirements`. */
  readonly digest: string
  /** In the order of the prose. */
  readonly requirements: readonly Requirement[]
}

/** SHA-256 in hex over one line `id level role hash`, ended by a line feed, for each requirement in its order. */
export function requirementDigest(requirements: readonly Requirement[]): string {
  const lines = requirements.map(({ id, level, role, hash }) => `${id} ${level} ${role} ${hash}\n`)
  return createHash('sha256').update(lines.join(''), 'utf8').digest('hex')
}

/** Text of `spec/requirements.json`. */
export function encodeRequirementSet(requirements: readonly Requirement[]): string {
  const $comment = 'Generated from the normative sentences of spec/ by `npm run generate`. Do not edit.'
  const set: RequirementSet = { suite: 'sage/1.0', digest: requirementDigest(requirements), requirements }
  return JSON.stringify({ $comment, ...set }, null, 2) + '\n'
}

/** The requirements of `spec/requirements.json`, as they were generated. */
export const loadRequirementSet = (): RequirementSet =>
  JSON.parse(readFileSync(roomPath('spec', 'requirements.json'), 'utf8')) as RequirementSet
