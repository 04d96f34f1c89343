import type { Transport } from '../../schemas/index.js'
import { selectIds, type Selectable } from '../runner/plan.js'
import type { ClientCheck } from './check.js'

/** Where a check of initiators can be made. */
export const placesOf = ({ id, transports }: ClientCheck): Selectable => ({ id, over: transports })

/**
 * The checks that `only` names and `skip` does not: by id, by requirement, or with `*` and `?`. Prerequisites always stay:
 * without them nothing else means anything.
 * @throws UnknownSelection if a glob names no check, or if nothing is left that is made over one of `transports`
 */
export const selectClientChecks = (
  checks: readonly ClientCheck[],
  transports: readonly Transport[],
  only: readonly string[],
  skip: readonly string[],
): ClientCheck[] => {
  const wanted = selectIds(checks.map(placesOf), transports, only, skip, 'check of initiators')
  return checks.filter(({ id, prerequisite }) => prerequisite || wanted.has(id))
}
