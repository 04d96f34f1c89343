import type { Check, Transport } from './check.js'

/** One check over one transport. */
export interface Planned {
  readonly check: Check
  readonly transport: Transport
}

/** What is to be run, in three parts: each prerequisite by itself, then all that may run at once, then what must be alone. */
export interface Plan {
  readonly prerequisites: readonly Planned[]
  readonly together: readonly Planned[]
  readonly alone: readonly Planned[]
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

const byId = (a: Planned, b: Planned): number => (a.check.id < b.check.id ? -1 : a.check.id > b.check.id ? 1 : 0)

/**
 * What is to be run of `checks`. Prerequisites always are, in the order in which they are given: without them nothing
 * else means anything.
 * @throws UnknownSelection
 */
export const planChecks = (
  checks: readonly Check[],
  transport: Transport,
  only: readonly string[],
  skip: readonly string[],
): Plan => {
  const ids = checks.map(check => check.id)
  const wanted = only.length > 0 ? selectedBy(only, ids) : new Set(ids)
  const unwanted = selectedBy(skip, ids)
  const planned = checks.map(check => ({ check, transport }))
  const chosen = planned
    .filter(({ check }) => !check.prerequisite && wanted.has(check.id) && !unwanted.has(check.id))
    .sort(byId)
  return {
    prerequisites: planned.filter(({ check }) => check.prerequisite),
    together: chosen.filter(({ check }) => !check.needs.alone),
    alone: chosen.filter(({ check }) => check.needs.alone),
  }
}
