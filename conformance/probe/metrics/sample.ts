/** One series and its value. */
export interface Sample {
  /** The metric's name, or that and a suffix. */
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  readonly value: number
}

const NUMBER = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/
const INFINITY = /^([+-]?)inf(?:inity)?$/i

/** A number as the format writes it, NaN and the infinities among them; undefined where it is none. */
export const parseNumber = (text: string): number | undefined => {
  if (NUMBER.test(text)) return Number(text)
  if (/^nan$/i.test(text)) return NaN
  const sign = INFINITY.exec(text)?.[1]
  return sign === undefined ? undefined : sign === '-' ? -Infinity : Infinity
}
