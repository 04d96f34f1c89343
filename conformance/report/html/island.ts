// Runs in Node and in the page: how data stands in it. A text that occurs often is written once, in a table, and referred to as
// `#` and its index; any other text that begins with `#` begins with another one.

/** A text as it stands in an island; `indexOf` tells where the shared ones are. */
export const encodeShared = (text: string, indexOf: ReadonlyMap<string, number>): string => {
  const index = indexOf.get(text)
  if (index !== undefined) return `#${index}`
  return text.startsWith('#') ? `#${text}` : text
}

/** The value of an island's JSON text, with the shared texts in their places. */
export const parseIsland = (json: string, shared: readonly string[]): unknown =>
  JSON.parse(json, (_, value: unknown) => {
    if (typeof value !== 'string' || !value.startsWith('#')) return value
    return value.startsWith('##') ? value.slice(1) : shared[Number(value.slice(1))]
  })
