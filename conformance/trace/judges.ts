import { checks } from '../checks/index.js'
import { clientChecks } from '../client/all.js'
import type { ClientCheck } from '../client/check.js'
import type { Check } from '../runner/check.js'
import { casesOf, upgradeCasesOf } from '../runner/trial.js'
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

/** A check, of a responder or of an initiator, as far as judging goes. */
export interface JudgingCheck {
  readonly id: string
  readonly requirement: string
  readonly also: readonly string[]
  /** The command that makes it. */
  readonly by: 'run' | 'run-client'
  /** Names of its cases; none where it has just one. */
  readonly cases: readonly string[]
  /** What has to be said of it, in a word or two each. */
  readonly notes: readonly string[]
}

const named = (cases: readonly { readonly name: string }[]): string[] =>
  cases.map(({ name }) => name).filter(name => name !== '')

const casesOfRun = (check: Check): string[] => {
  if (check.kind !== 'rejects') return []
  const { spec } = check
  if (spec.subject === 'upgrade') return named(upgradeCasesOf(spec))
  if (spec.subject === 'batch') return named(casesOf(spec))
  return named(spec.subject === 'handshake' ? casesOf(spec) : casesOf(spec))
}

/** A check of responders. */
export const responderCheck = (check: Check): JudgingCheck => {
  const { id, requirement, also, prerequisite, needs } = check
  const notes = [
    ...(prerequisite ? ['prerequisite'] : []),
    ...[needs.capability ?? []].flat().map(name => `needs the capability ${name}`),
    ...(needs.alone ? ['run alone'] : []),
  ]
  return { id, requirement, also, by: 'run', cases: casesOfRun(check), notes }
}

/** A check of initiators. */
export const initiatorCheck = ({ id, requirement, also, prerequisite, kind }: ClientCheck): JudgingCheck => ({
  id,
  requirement,
  also,
  by: 'run-client',
  cases: kind.name === 'watches' ? [] : named(kind.cases),
  notes: prerequisite ? ['prerequisite'] : [],
})

/** Everything that is there to judge by, and why some of it is not. */
export interface Judges {
  readonly checks: readonly JudgingCheck[]
  readonly vectors: readonly JudgingVector[]
  readonly unobservable: readonly Unobservable[]
  readonly unjudged: readonly Unjudged[]
}

/** What judges one requirement, or else why nothing does. */
export interface Judging {
  readonly checks: readonly JudgingCheck[]
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
  const all = [...checks.map(responderCheck), ...clientChecks.map(initiatorCheck)]
  return { checks: all, vectors, unobservable: loadList('unobservable', []), unjudged: loadList('unjudged', []) }
}

/** What judges the requirement `id`. */
export const judgingOf = (id: string, { checks, vectors, unobservable, unjudged }: Judges): Judging => ({
  checks: checks.filter(({ requirement, also }) => requirement === id || also.includes(id)),
  vectors: vectors.filter(({ requirements }) => requirements.includes(id)),
  reason: unobservable.find(entry => entry.id === id)?.reason,
  issue: unjudged.find(entry => entry.id === id)?.issue,
})
