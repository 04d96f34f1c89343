/** Fewest letters to insert, remove or replace that make one text of the other; `limit + 1` where they are more than `limit`. */
const editDistance = (one: string, other: string, limit: number): number => {
  if (Math.abs(one.length - other.length) > limit) return limit + 1
  let before = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [row, letter] of [...one].entries()) {
    const now = [row + 1]
    for (let column = 1; column <= other.length; column++)
      now[column] = Math.min(
        (before[column] ?? 0) + 1,
        (now[column - 1] ?? 0) + 1,
        (before[column - 1] ?? 0) + (letter === other[column - 1] ? 0 : 1),
      )
    before = now
  }
  return before[other.length] ?? 0
}

/** The ids nearest to one that is none: those within three letters of it, of a short one fewer, then those that hold it, or half of it. */
export const nearMatches = (id: string, ids: readonly string[], most = 5): string[] => {
  // Of a short name any other would be made with three letters.
  const limit = Math.min(3, Math.max(1, Math.floor(id.length / 2)))
  const distances = ids.map(each => ({ each, distance: editDistance(id, each, limit) }))
  const near = distances.filter(({ distance }) => distance <= limit).sort((a, b) => a.distance - b.distance)
  const parts = [id, ...id.split(/[./]/)].filter(part => part.length > 2)
  const holding = parts.flatMap(part => ids.filter(each => each.includes(part)))
  return [...new Set([...near.map(({ each }) => each), ...holding])].slice(0, most)
}

/** What to say behind a name that is none: those of `names` that are like it, if any is. */
export const thereIs = (name: string, names: readonly string[]): string => {
  const near = nearMatches(name, names)
  return near.length > 0 ? `; there is ${near.join(', ')}` : ''
}
