/** Characters that move a cursor, change a terminal's state or turn text around: controls (C0, DEL, C1) and bidi controls. */
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** `text` as it may be shown on a terminal: whatever a target or a file wrote, nothing but letters comes of it. */
export const printable = (text: string): string =>
  text.replace(unprintable, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

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
