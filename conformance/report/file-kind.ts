/** Kinds of files that the suite writes or reads, each by what only it has, and where it belongs. */
const kinds: readonly (readonly [isIt: (members: Readonly<Record<string, unknown>>) => boolean, what: string])[] = [
  [({ report, command }) => report !== undefined && command === 'vectors run', 'a report of vectors run'],
  [({ report }) => report !== undefined, 'a report'],
  [({ baseline, known }) => baseline !== undefined && Array.isArray(known), 'a baseline, for run --baseline'],
  [({ signing, kem }) => typeof signing === 'string' && typeof kem === 'string', 'an identity, for --identity'],
  [({ groups, counts }) => Array.isArray(groups) && counts !== undefined, 'a file of vectors, for vectors check'],
  [({ sage, did, endpoints }) => sage !== undefined && did !== undefined && endpoints !== undefined, 'an agent card'],
]

/** What a JSON value of the wrong kind seems to be, for who gave the wrong file; nothing where it is like none of ours. */
export const fileKind = (value: unknown): string | undefined => {
  if (typeof value !== 'object' || value === null) return undefined
  return kinds.find(([isIt]) => isIt(value as Readonly<Record<string, unknown>>))?.[1]
}
