import type { NamesOf } from './complete.js'

const unique = (names: readonly string[]): string[] => [...new Set(names)].sort()

/** A check by its id, and all of a requirement by what stands before the slash. */
const withRequirements = (ids: readonly string[]): string[] => unique(ids.flatMap(id => [id, id.replace(/\/.*$/s, '')]))

/** The ids that a command takes, out of the registries that it judges by. Each is loaded when it is asked for. */
export const completionNames: NamesOf = async (placeholder, command) => {
  if (placeholder === 'test') {
    const { loadVectorFiles, ownVectors } = await import('../vectors/load.js')
    const { namedTests } = await import('../vectors/select.js')
    const { isVectorFile } = await import('../vectors/schema.js')
    const files = loadVectorFiles(ownVectors()).flatMap(({ name, content }) =>
      isVectorFile(content) ? [{ name, file: content }] : [],
    )
    return unique(namedTests(files).flatMap(({ id, file, op }) => [id, file, op]))
  }
  if (command === 'run-client') {
    const { clientChecks } = await import('../client/all.js')
    return withRequirements(clientChecks.map(({ id }) => id))
  }
  const { checks } = await import('../checks/index.js')
  const ids = withRequirements(checks.map(({ id }) => id))
  if (command !== 'explain') return ids
  const { loadRequirementSet } = await import('../trace/requirement-set.js')
  return unique([...ids, ...loadRequirementSet().requirements.map(({ id }) => id)])
}
