import { printable } from '../report/text.js'

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

/** A value from a file or from a foreign process as JSON text of one line, with nothing in it but what can be seen. */
export const jsonLine = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  try {
    return printable(JSON.stringify(value))
  } catch (cause) {
    // A reader of JSON goes deeper than a writer does.
    if (cause instanceof RangeError) return 'a value that is nested too deeply to be shown'
    throw cause
  }
}

const cut = (line: string, from = 0): string => {
  if (from === 0 && line.length <= MAX_SHOWN) return line
  const [before, after] = [from > 0 ? '…' : '', from + MAX_SHOWN < line.length ? '…' : '']
  return `${before}${line.slice(from, from + MAX_SHOWN)}${after} (${line.length} characters)`
}

/** A line of JSON text as it is shown on a terminal: cut where it is long. */
export const show = (line: string): string => cut(line)

/** Two values that differ, as lines for a terminal. */
export interface ShownDifference {
  readonly expected: string
  readonly got: string
  /** Place of the first character that differs, counted from 1, where what stands before it is cut away. */
  readonly from?: number
}

/** Two lines of JSON text that differ, each as `show` does it, cut so that their first difference is in what is left. */
export const showDifference = (expected: string, got: string): ShownDifference => {
  const shorter = Math.min(expected.length, got.length)
  let same = 0
  while (same < shorter && expected[same] === got[same]) same++
  if (same < MAX_SHOWN - CONTEXT) return { expected: cut(expected), got: cut(got) }
  return { expected: cut(expected, same - CONTEXT), got: cut(got, same - CONTEXT), from: same + 1 }
}

/** A finding in one line. */
export const describeFinding = ({ where, message, step, expected, got }: Finding): string => {
  const head = `${printable(where)}: ${message}`
  if (step === undefined) return head
  const shown = showDifference(jsonLine(expected), jsonLine(got))
  const from = shown.from === undefined ? '' : ` from character ${shown.from} on`
  return `${head}: ${printable(step)}${from}: expected ${shown.expected}, got ${shown.got}`
}
