import { transports as everywhere, type Transport } from '../../schemas/index.js'
import { thereIs } from '../report/near-matches.js'
import { lineOf } from '../report/text.js'
import type { Check, SendingCheck } from './check.js'
import { matchesGlob } from './glob.js'

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

/**
 * Does a glob select a check by its id, by its requirement (`handshake.ts-fresh` selects `handshake.ts-fresh/past` too), or
 * with `*` and `?`?
 */
const selects = (glob: string, id: string): boolean => matchesGlob(glob, id) || id.startsWith(`${glob}/`)

/** Is a check among those that `only` selects, all where it is empty, and `skip` does not? */
export const isSelected = (id: string, only: readonly string[], skip: readonly string[]): boolean =>
  (only.length === 0 || only.some(glob => selects(glob, id))) && !skip.some(glob => selects(glob, id))

/** A check as far as a selection knows it: its id, and over which transports it can be made. */
export interface Selectable {
  readonly id: string
  readonly over: readonly Transport[]
}

/**
 * The ids that `only` selects and `skip` does not.
 * @param called how one of them is called
 * @throws UnknownSelection if a glob selects nothing, or if nothing is left that is made over one of `transports`
 */
export const selectIds = (
  all: readonly Selectable[],
  transports: readonly Transport[],
  only: readonly string[],
  skip: readonly string[],
  called = 'check',
): Set<string> => {
  for (const glob of [...only, ...skip])
    if (!all.some(({ id }) => selects(glob, id))) {
      const near = thereIs(glob, [...new Set(all.map(({ id }) => id))])
      throw new UnknownSelection(`no ${called} is called ${lineOf(glob, 100)}${near}`)
    }
  const selected = all.filter(({ id }) => isSelected(id, only, skip))
  if (selected.length === 0) throw new UnknownSelection(`--only and --skip leave no ${called}`)
  if (!selected.some(({ over }) => over.some(transport => transports.includes(transport))))
    throw new UnknownSelection(`no ${called} that is selected is made over ${transports.join(' or ')}`)
  return new Set(selected.map(({ id }) => id))
}

/** Where a check of responders can be made. */
export const placesOf = ({ id, needs }: Check): Selectable => ({
  id,
  over: needs.transport === undefined ? everywhere : [needs.transport],
})

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
  const wanted = selectIds(checks.map(placesOf), transports, only, skip)
  const planned = transports.flatMap(transport =>
    checks
      .filter(({ needs }) => needs.transport === transport || (needs.transport === undefined && has(transport)))
      .map(check => ({ check, transport })),
  )
  const selected = planned.filter(({ check }) => !check.prerequisite && wanted.has(check.id))
  const chosen = selected.filter(isSending).sort(inOrder)
  return {
    prerequisites: planned.filter(isSending).filter(({ check }) => check.prerequisite),
    comparisons: selected.filter(each => !isSending(each)),
    together: chosen.filter(({ check }) => !check.needs.alone),
    alone: chosen.filter(({ check }) => check.needs.alone),
  }
}
