import { printable } from './text.js'

/** Words that no shell makes anything else of. */
const plain = /^[A-Za-z0-9_.,:/@=+-]+$/

const asciiEscape = (byte: number): string => {
  const letter = String.fromCharCode(byte)
  if (letter === "'" || letter === '\\') return `\\${letter}`
  return byte >= 0x20 && byte < 0x7f ? letter : `\\x${byte.toString(16).padStart(2, '0')}`
}

// An escape takes all hex digits that follow it in some shells: a word ends there and goes on in another pair of quotes.
const apart = (escapes: readonly string[]): string =>
  escapes
    .map((each, at) => (/^[0-9a-fA-F]$/.test(each) && escapes[at - 1]?.startsWith('\\x') ? `'$'${each}` : each))
    .join('')

/**
 * A word as a shell takes it, on one line: as it is, between single quotes, or, where it holds what cannot
 * be shown, between `$'` and `'` with its bytes in hex (bash, ksh, zsh, and POSIX.1-2024).
 */
export const quoted = (word: string): string => {
  if (plain.test(word)) return word
  if (printable(word) === word) return `'${word.replaceAll("'", "'\\''")}'`
  return `$'${apart([...Buffer.from(word, 'utf8')].map(asciiEscape))}'`
}
