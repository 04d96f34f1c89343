import { Refusal } from '../refusal.js'

/** Nanoseconds of one second. */
export const SECOND = 1_000_000_000n

/**
 * Nanoseconds from the Unix epoch of `YYYY-MM-DDThh:mm:ss(.d{1,9})?Z`, a real date, seconds up to 59.
 * @throws Refusal `schema` on any other form, and on a date or time of day that does not exist
 */
export const parseTime = (text: string): bigint => {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(text)
  if (!match) throw new Refusal('schema', 'conventions.time')
  const [, seconds = '', fraction = ''] = match
  const milliseconds = Date.parse(`${seconds}Z`)
  // Date.parse moves 30 February to March and 24:00 to the next day: what does not come back was not real.
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString().slice(0, 19) !== seconds)
    throw new Refusal('schema', 'conventions.time')
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}

/** The shortest time text of `unixNanoseconds`, which lies within the years 0000 to 9999. */
export const encodeTime = (unixNanoseconds: bigint): string => {
  const fraction = ((unixNanoseconds % SECOND) + SECOND) % SECOND
  const whole = new Date(Number((unixNanoseconds - fraction) / 1_000_000n)).toISOString().slice(0, 19)
  const digits = fraction.toString().padStart(9, '0').replace(/0+$/, '')
  return `${whole}${digits && `.${digits}`}Z`
}
