/** Something that is wrong with a vector file, or with a value in it. */
export interface Finding {
  /** `file`, or `file/test`. */
  readonly where: string
  readonly message: string
  /** Member of the steps or of the output that differs. */
  readonly step?: string
  readonly expected?: unknown
  readonly got?: unknown
}

const MAX_SHOWN = 200
/** Characters that are shown before the first difference. */
const CONTEXT = 40

const lineOf = (value: unknown): string => (value === undefined ? 'nothing' : printable(JSON.stringify(value)))

const cut = (line: string, from = 0): string => {
  if (from === 0 && line.length <= MAX_SHOWN) return line
  const [before, after] = [from > 0 ? '…' : '', from + MAX_SHOWN < line.length ? '…' : '']
  return `${before}${line.slice(from, from + MAX_SHOWN)}${after} (${line.length} characters)`
}

/**
 * A value from a file or from a foreign process as one line for a terminal: JSON, cut where it is long, with no
 * control or bidirectional formatting character.
 */
export const show = (value: unknown): string => cut(lineOf(value))

/** Two values that differ, as lines for a terminal. */
export interface ShownDifference {
  readonly expected: string
  readonly got: string
  /** Place of the first character that differs, counted from 1, where what stands before it is cut away. */
  readonly from?: number
}

/** Two values that differ, each as `show` does it, cut so that their first difference is in what is left. */
export const showDifference = (expected: unknown, got: unknown): ShownDifference => {
  const lines = [lineOf(expected), lineOf(got)] as const
  const shorter = Math.min(lines[0].length, lines[1].length)
  let same = 0
  while (same < shorter && lines[0][same] === lines[1][same]) same++
  if (same < MAX_SHOWN - CONTEXT) return { expected: cut(lines[0]), got: cut(lines[1]) }
  return { expected: cut(lines[0], same - CONTEXT), got: cut(lines[1], same - CONTEXT), from: same + 1 }
}

/** `text` without what could steer a terminal. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, character => `\\u{${character.codePointAt(0)!.toString(16)}}`)

/** A finding in one line. */
export const describeFinding = ({ where, message, step, expected, got }: Finding): string => {
  const head = `${printable(where)}: ${message}`
  if (step === undefined) return head
  const shown = showDifference(expected, got)
  const from = shown.from === undefined ? '' : ` from character ${shown.from} on`
  return `${head}: ${printable(step)}${from}: expected ${shown.expected}, got ${shown.got}`
}
