/**
 * What is not shown as it is: controls (C0, DEL, C1), which move a cursor or change a terminal's state; what turns text
 * around, or is invisible; half of a surrogate pair, and what else XML has no place for.
 */
const unprintable =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]|\udb40[\udc00-\udc7f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

const unitEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

/** `text` as it may be shown anywhere: whatever a target or a file wrote, nothing but letters of one line comes of it. */
export const printable = (text: string): string =>
  text.replace(unprintable, found => found.split('').map(unitEscape).join(''))

/** As much of `text` as a report for people holds, and how much more there is. */
const clipped = (text: string, most = 2000): string =>
  text.length > most ? `${text.slice(0, most)}… and ${text.length - most} characters more` : text

/** `text` in one line, clipped, with nothing in it but what can be seen. */
export const lineOf = (text: string, most?: number): string => printable(clipped(text, most))

/** Breaks `text` into lines of at most `width` characters; the first begins with `first`, the others with as many spaces. */
export const wrap = (text: string, first: string, width: number): string => {
  const indent = ' '.repeat(first.length)
  const lines: string[] = []
  let line = ''
  for (const word of printable(text.replace(/\s+/g, ' ')).split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((each, index) => (index === 0 ? first : indent) + each).join('\n')
}

/** A sentence of the specification without the targets of its links. */
export const withoutLinks = (markdown: string): string => markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')

/** The first `most` of `items`, and how many more there are. */
export const abbreviated = (items: readonly string[], most: number): string => {
  const more = items.length - most
  return items.slice(0, most).join('; ') + (more > 0 ? `; and ${more} more` : '')
}

/** A sentence of the specification with the links to its other chapters as they are from elsewhere, `base` before them. */
export const withLinksFrom = (markdown: string, base: string): string =>
  markdown.replace(/\]\((?=[a-z-]+\.md[#)])/g, `](${base}`)
