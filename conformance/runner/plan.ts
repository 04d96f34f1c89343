import type { Transport } from '../../schemas/index.js'
import type { Check, SendingCheck } from './check.js'

/** One check over one transport. */
export interface Planned<Kind extends Check = Check> {
  readonly check: Kind
  readonly transport: Transport
}

/**
 * What is to be run, in four parts: each prerequisite by itself, then all that may run at once, then what must be alone, and
 * in the end what compares the others.
 */
export interface Plan {
  readonly prerequisites: readonly Planned<SendingCheck>[]
  readonly together: readonly Planned<SendingCheck>[]
  readonly alone: readonly Planned<SendingCheck>[]
  readonly comparisons: readonly Planned[]
}

/** A selection that names nothing. */
export class UnknownSelection extends Error {
  override readonly name = 'UnknownSelection'
}

/** Is `text` what `glob` describes? `*` stands for any characters, `?` for one. In time bounded by the product of the lengths. */
const matchesGlob = (glob: string, text: string): boolean => {
  let [at, from, star, tried] = [0, 0, -1, 0]
  while (from < text.length) {
    if (glob[at] === '*') [star, tried] = [at++, from]
    else if (glob[at] === '?' || glob[at] === text[from]) [at, from] = [at + 1, from + 1]
    else if (star < 0) return false
    else [at, from] = [star + 1, ++tried]
  }
  return /^\**$/.test(glob.slice(at))
}

/**
 * The ids among `ids` that `globs` select. A glob selects a check by its id, by its requirement (`handshake.ts-fresh` selects
 * `handshake.ts-fresh/past` too), or with `*` and `?`.
 * @throws UnknownSelection if a glob selects nothing
 */
const selectedBy = (globs: readonly string[], ids: readonly string[]): Set<string> => {
  const selected = globs.flatMap(glob => {
    const found = ids.filter(id => matchesGlob(glob, id) || id.startsWith(`${glob}/`))
    if (found.length === 0) throw new UnknownSelection(`no check is called ${glob}`)
    return found
  })
  return new Set(selected)
}

const isSending = (planned: Planned): planned is Planned<SendingCheck> => planned.check.kind !== 'compares'

/** By the ids of the checks, and HTTP first. */
const inOrder = (a: Planned, b: Planned): number => {
  if (a.check.id !== b.check.id) return a.check.id < b.check.id ? -1 : 1
  return a.transport < b.transport ? -1 : a.transport > b.transport ? 1 : 0
}

/**
 * What is to be run of `checks`: each over the one transport that it is about, or over all of `transports` that the target
 * `has`; of a transport that it lacks only the checks that are about it, to be skipped. Prerequisites always are, in the
 * order in which they are given, transport by transport: without them nothing else means anything.
 * @throws UnknownSelection
 */
export const planChecks = (
  checks: readonly Check[],
  transports: readonly Transport[],
  only: readonly string[],
  skip: readonly string[],
  has: (transport: Transport) => boolean = () => true,
): Plan => {
  const ids = checks.map(check => check.id)
  const wanted = only.length > 0 ? selectedBy(only, ids) : new Set(ids)
  const unwanted = selectedBy(skip, ids)
  const planned = transports.flatMap(transport =>
    checks
      .filter(({ needs }) => needs.transport === transport || (needs.transport === undefined && has(transport)))
      .map(check => ({ check, transport })),
  )
  const selected = planned.filter(({ check }) => !check.prerequisite && wanted.has(check.id) && !unwanted.has(check.id))
  const chosen = selected.filter(isSending).sort(inOrder)
  return {
    prerequisites: planned.filter(isSending).filter(({ check }) => check.prerequisite),
    comparisons: selected.filter(each => !isSending(each)),
    together: chosen.filter(({ check }) => !check.needs.alone),
    alone: chosen.filter(({ check }) => check.needs.alone),
  }
}
