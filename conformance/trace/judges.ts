import { checks } from '../checks/index.js'
import type { Check } from '../runner/check.js'
import { loadVectorFiles, ownVectors } from '../vectors/load.js'
import type { VectorFile } from '../../schemas/index.js'
import { namedTests } from '../vectors/select.js'
import type { Unjudged, Unobservable } from './trace.js'
import { loadList } from './traced-lists.js'

/** A test of a vector file. */
export interface JudgingVector {
  /** `file/test`. */
  readonly id: string
  readonly file: string
  readonly requirements: readonly string[]
}

/** Everything that is there to judge by, and why some of it is not. */
export interface Judges {
  readonly checks: readonly Check[]
  readonly vectors: readonly JudgingVector[]
  readonly unobservable: readonly Unobservable[]
  readonly unjudged: readonly Unjudged[]
}

/** What judges one requirement, or else why nothing does. */
export interface Judging {
  readonly checks: readonly Check[]
  readonly vectors: readonly JudgingVector[]
  /** Why no outsider can observe it. */
  readonly reason?: string | undefined
  /** The issue that will bring its judge. */
  readonly issue?: string | undefined
}

/** The judges that this package carries. */
export const loadJudges = (): Judges => {
  const files = loadVectorFiles(ownVectors()).map(({ name, content }) => ({ name, file: content as VectorFile }))
  const vectors = namedTests(files).map(({ id, file, test }) => ({ id, file, requirements: test.requirements }))
  return { checks, vectors, unobservable: loadList('unobservable', []), unjudged: loadList('unjudged', []) }
}

/** What judges the requirement `id`. */
export const judgingOf = (id: string, { checks, vectors, unobservable, unjudged }: Judges): Judging => ({
  checks: checks.filter(({ requirement, also }) => requirement === id || (also as readonly string[]).includes(id)),
  vectors: vectors.filter(({ requirements }) => requirements.includes(id)),
  reason: unobservable.find(entry => entry.id === id)?.reason,
  issue: unjudged.find(entry => entry.id === id)?.issue,
})
