import type { ClientCheck } from './check.js'

/** A selection that names nothing. */
export class UnknownClientCheck extends Error {
  override readonly name = 'UnknownClientCheck'
}

const patternOf = (glob: string): RegExp => {
  const text = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${text}(?:/.*)?$`)
}

/** @throws UnknownClientCheck if a glob names no check */
const namedBy = (globs: readonly string[], checks: readonly ClientCheck[]): Set<ClientCheck> =>
  new Set(
    globs.flatMap(glob => {
      const pattern = patternOf(glob)
      const found = checks.filter(({ id }) => pattern.test(id))
      if (found.length === 0) throw new UnknownClientCheck(`no check of initiators is called ${glob}`)
      return found
    }),
  )

/**
 * The checks that `only` names and `skip` does not: by id, by requirement, or with `*` and `?`. Prerequisites always stay:
 * without them nothing else means anything.
 * @throws UnknownClientCheck
 */
export const selectClientChecks = (
  checks: readonly ClientCheck[],
  only: readonly string[],
  skip: readonly string[],
): ClientCheck[] => {
  const wanted = only.length > 0 ? namedBy(only, checks) : new Set(checks)
  const unwanted = namedBy(skip, checks)
  return checks.filter(check => check.prerequisite || (wanted.has(check) && !unwanted.has(check)))
}
