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

/**
 * A value from a file or from a foreign process as one line for a terminal: JSON, cut where it is long, with no
 * control or bidirectional formatting character.
 */
export const show = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : printable(JSON.stringify(value))
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}… (${text.length} characters)`
}

/** `text` without what could steer a terminal. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, character => `\\u{${character.codePointAt(0)!.toString(16)}}`)

/** A finding in one line. */
export const describeFinding = ({ where, message, step, expected, got }: Finding): string =>
  `${printable(where)}: ${message}` +
  (step === undefined ? '' : `: ${printable(step)}: expected ${show(expected)}, got ${show(got)}`)
