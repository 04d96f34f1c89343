import type { Dice } from '../dice.js'

/** A text, what it is about, and whether it keeps the constraint. */
export interface TextVariant {
  readonly keyword: 'pattern' | 'minLength' | 'maxLength'
  readonly isKept: boolean
  readonly text: string
}

const FOREIGN = ['\0', '\n', ' ', '"', '\\', '|', '=', '{', '\u007f', 'é', '€', '😀', '\u202e', '\ufeff', 'Ａ', '\t']

const insert = (text: string, at: number, piece: string): string => text.slice(0, at) + piece + text.slice(at)

/** How often a class may stand at the end of a pattern: `^[…]{1,128}$`, perhaps after one other. */
const REPEATED = /^\^(?:(\[[^\]]*\]))?(\[[^\]]*\])\{(\d+)(?:,(\d+))?\}\$$/

const alphabetOf = (characters: string): string => {
  const one = new RegExp(`^${characters}$`)
  return Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
    .filter(character => one.test(character))
    .join('')
}

const byRepetition = (pattern: string, dice: Dice): TextVariant[] => {
  const [, head, repeated, least, most = least] = REPEATED.exec(pattern) ?? []
  if (repeated === undefined) return []
  const first = head === undefined ? '' : dice.text(1, alphabetOf(head))
  const of = (length: number): string => first + dice.text(length, alphabetOf(repeated))
  const [from, to] = [Number(least), Number(most)]
  return [
    { keyword: 'pattern', isKept: true, text: of(from) },
    { keyword: 'pattern', isKept: true, text: of(to) },
    { keyword: 'pattern', isKept: false, text: of(to + 1) },
    ...(from > 0 ? [{ keyword: 'pattern', isKept: false, text: of(from - 1) } as const] : []),
  ]
}

/**
 * Texts around a pattern: its shortest and longest, one more and one less, and the given one with a character in it that
 * is none of its own. What a text does to the pattern is looked up in the pattern, and in nothing of the responder's.
 */
export const patternVariants = (pattern: string, given: string, dice: Dice): TextVariant[] => {
  const holds = new RegExp(pattern, 'u')
  const foreign = Array.from({ length: 4 }, () => insert(given, dice.under(given.length + 1), dice.pick(FOREIGN)))
  const cut = [given.slice(1), given.slice(0, -1), given + given.slice(-1), '']
  const swapped = given.replace(/[a-z]/i, letter =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  )
  const others = [...foreign, ...cut, swapped]
    .filter(text => !holds.test(text))
    .map(text => ({ keyword: 'pattern', isKept: false, text }) as const)
  return [...byRepetition(pattern, dice).filter(({ text, isKept }) => holds.test(text) === isKept), ...others]
}

/** A text of so many characters, which a pattern allows: the given one, its last character as often as need be. */
const stretched = (given: string, length: number): string =>
  length <= given.length ? given.slice(0, length) : given + given.slice(-1).repeat(length - given.length)

/** Texts at the borders of a length. */
export const lengthVariants = (
  { minLength, maxLength }: { readonly minLength?: number; readonly maxLength?: number },
  given: string,
): TextVariant[] => [
  ...(minLength === undefined
    ? []
    : [{ keyword: 'minLength', isKept: false, text: stretched(given, minLength - 1) } as const]),
  ...(maxLength === undefined
    ? []
    : [
        { keyword: 'maxLength', isKept: true, text: stretched(given || 'a', maxLength) } as const,
        { keyword: 'maxLength', isKept: false, text: stretched(given || 'a', maxLength + 1) } as const,
      ]),
]
