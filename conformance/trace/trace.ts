import type { Requirement } from './read-requirements.js'

/** A check of the suite, as far as tracing goes. */
export interface TracedCheck {
  readonly id: string
  readonly requirement: string
  readonly also?: readonly string[]
}

/** A broken agent, and the ids of the checks (or vector tests) that its fault trips. */
export interface TracedMutant {
  readonly name: string
  readonly kills: readonly string[]
}

/** A test of a vector file. */
export interface TracedVector {
  readonly id: string
  readonly requirements: readonly string[]
}

/** A requirement that no outsider can observe, and why. */
export interface Unobservable {
  readonly id: string
  readonly reason: string
}

/** A requirement that nothing judges yet, and the issue that will bring its judge. */
export interface Unjudged {
  readonly id: string
  readonly issue: string
}

/** Everything that is traced. */
export interface TraceInput {
  readonly requirements: readonly Requirement[]
  readonly checks: readonly TracedCheck[]
  readonly mutants: readonly TracedMutant[]
  readonly vectors: readonly TracedVector[]
  readonly unobservable: readonly Unobservable[]
  readonly unjudged: readonly Unjudged[]
  /** Hash of each sentence as it was when somebody last held its judges against it. */
  readonly reviewed: Readonly<Record<string, string>>
  /** The unjudged ids of earlier versions of the list, each with the name of its version. */
  readonly history: readonly { readonly version: string; readonly ids: readonly string[] }[]
}

/** One thing that is wrong. */
export interface Finding {
  /** The requirement, check or mutant that it is about. */
  readonly id: string
  readonly text: string
}

/** How a requirement is accounted for. A requirement that both checks and vectors judge counts under checks. */
export type Account = 'checks' | 'vectors' | 'unobservable' | 'unjudged' | 'nobody'

/** Says of one requirement how it is accounted for. */
export function accountOf({ checks, vectors, unobservable, unjudged }: TraceInput): (id: string) => Account {
  const byCheck = new Set(checks.flatMap(check => [check.requirement, ...(check.also ?? [])]))
  const byVector = new Set(vectors.flatMap(vector => vector.requirements))
  const excluded = new Set(unobservable.map(({ id }) => id))
  const open = new Set(unjudged.map(({ id }) => id))
  return id => {
    if (byCheck.has(id)) return 'checks'
    if (byVector.has(id)) return 'vectors'
    if (excluded.has(id)) return 'unobservable'
    return open.has(id) ? 'unjudged' : 'nobody'
  }
}

const repeated = (ids: readonly string[]): string[] => [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))]

function* lists(input: TraceInput): Generator<Finding> {
  const known = new Set(input.requirements.map(({ id }) => id))
  const account = accountOf(input)
  const excluded = new Set(input.unobservable.map(({ id }) => id))
  for (const [list, entries] of [
    ['unobservable.json', input.unobservable],
    ['unjudged.json', input.unjudged],
  ] as const) {
    const ids = entries.map(({ id }) => id)
    for (const id of repeated(ids)) yield { id, text: `is listed twice in ${list}` }
    for (const id of new Set(ids)) {
      const judge = account(id)
      if (!known.has(id)) yield { id, text: `is in ${list} and in no chapter` }
      else if (judge === 'checks' || judge === 'vectors')
        yield { id, text: `is in ${list}, but ${judge} judge it: take it off the list` }
    }
  }
  for (const { id } of input.unjudged)
    if (excluded.has(id)) yield { id, text: 'is both in unobservable.json and in unjudged.json' }
  for (const { id, reason } of input.unobservable)
    if (reason.trim() === '') yield { id, text: 'is in unobservable.json without a reason' }
  for (const { id, issue } of input.unjudged)
    if (issue.trim() === '') yield { id, text: 'is in unjudged.json without an issue' }
}

function* judges({ requirements, checks, mutants, vectors }: TraceInput): Generator<Finding> {
  const known = new Set(requirements.map(({ id }) => id))
  const killed = new Set(mutants.flatMap(mutant => mutant.kills))
  const killable = new Set([...checks, ...vectors].map(({ id }) => id))
  for (const id of repeated(checks.map(check => check.id))) yield { id, text: 'names two checks' }
  for (const id of repeated(mutants.map(mutant => mutant.name))) yield { id, text: 'names two mutants' }
  for (const check of checks) {
    for (const named of [check.requirement, ...(check.also ?? [])])
      if (!known.has(named)) yield { id: check.id, text: `is a check of ${named}, which is in no chapter` }
    if (!killed.has(check.id)) yield { id: check.id, text: 'is a check that no mutant trips' }
  }
  for (const vector of vectors)
    for (const named of vector.requirements)
      if (!known.has(named)) yield { id: vector.id, text: `is a vector of ${named}, which is in no chapter` }
  for (const { name, kills } of mutants) {
    if (kills.length === 0) yield { id: name, text: 'is a mutant that trips nothing' }
    for (const id of kills)
      if (!killable.has(id))
        yield { id: name, text: `is a mutant that claims to trip ${id}, which is no check and no vector` }
  }
}

function* reviews({ requirements, reviewed }: TraceInput): Generator<Finding> {
  const known = new Set(requirements.map(({ id }) => id))
  const hint = 'look at its checks and vectors, then: npm run trace -- --reviewed'
  for (const { id, hash } of requirements) {
    if (reviewed[id] === undefined) yield { id, text: `has no entry in reviewed.json: ${hint} ${id}` }
    else if (reviewed[id] !== hash)
      yield { id, text: `was reworded since its judges were last looked at: ${hint} ${id}` }
  }
  for (const id of Object.keys(reviewed))
    if (!known.has(id)) yield { id, text: 'is in reviewed.json and in no chapter' }
}

function* growth({ unjudged, history }: TraceInput): Generator<Finding> {
  for (const { id } of unjudged) {
    const without = history.find(({ ids }) => !ids.includes(id))
    if (without)
      yield {
        id,
        text: `was not in unjudged.json in ${without.version}: the list only shrinks, so it needs its check now`,
      }
  }
}

/** Holds sentences, checks, mutants and vectors against each other. Nothing found means that every sentence is accounted for. */
export function trace(input: TraceInput): Finding[] {
  const account = accountOf(input)
  const nobody = input.requirements
    .filter(({ id }) => account(id) === 'nobody')
    .map(({ id }) => ({ id, text: 'is judged by no check and no vector, and no list says why' }))
  return [...nobody, ...lists(input), ...judges(input), ...reviews(input), ...growth(input)]
}
