// What documents of Markdown are made of, as GitHub shows it in the summary of a CI run.

/** Bytes that a summary on GitHub may have. The shares of its parts, all told, leave room for head and tables. */
export const LIMIT = 2 ** 20

// A character reference is never a mark of Markdown or HTML. Letters, digits and the rest of Unicode are none either, nor
// are dots and hyphens in the middle of a line, save in what is taken for an address.
const reference = (letter: string): string => `&#${letter.codePointAt(0)};`

/** As code, somewhere in a line: nobody is mentioned in it, and nothing linked. */
export const code = (text: string): string =>
  text === ''
    ? ''
    : `<code>${text
        .replace(/[^\p{L}\p{N}\p{S} ,;()/.-]|[`|<>~^$+=]/gu, reference)
        .replace(/(?<=www)\./gi, reference)}</code>`

/** A link around what is Markdown already; of the address nothing is a mark. */
export const link = (text: string, url: string): string =>
  `[${text}](<${url.replace(/[<>\\\s]/g, encodeURIComponent)}>)`

/** Lines as they are, in a fence that is longer than any in them. */
export const fenced = (lines: readonly string[]): string => {
  const text = lines.join('\n')
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text}\n${fence}`
}

const rowOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** A table. */
export const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map(rowOf).join('\n')

const bytes = (text: string): number => Buffer.byteLength(text, 'utf8')

/** As many of `parts` as there is room for, in bytes, and the number of the others. */
export const fitting = (
  parts: readonly string[],
  room: number,
): { readonly kept: readonly string[]; readonly left: number } => {
  let taken = 0
  const over = parts.findIndex(part => (taken += bytes(part) + 2) > room)
  return over < 0 ? { kept: parts, left: 0 } : { kept: parts.slice(0, over), left: parts.length - over }
}

/** Says that something is left out, if so. */
export const leftOut = (left: number, what: string): string[] =>
  left === 0 ? [] : [`*${left} more ${what} are left out here, for want of room; the JSON report has them all.*`]

/** A table that opens, as far as there is room for its rows; nothing where there are none. */
export const folded = (
  summary: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
  room: number,
): string[] => {
  if (rows.length === 0) return []
  const { kept, left } = fitting(rows.map(rowOf), room)
  return [
    `<details><summary>${summary}</summary>`,
    [table(header, []), ...kept].join('\n'),
    ...leftOut(left, `${header[0]}s`),
    '</details>',
  ]
}
