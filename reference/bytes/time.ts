import { malformed, SageError } from './sage-error.js'

/** Nanoseconds in a second. */
export const SECOND = 1_000_000_000n

const form = /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?Z$/

const dateText = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10)

/**
 * Nanoseconds since 1970-01-01T00:00:00Z of a UTC time `YYYY-MM-DDThh:mm:ss(.d{1,9})?Z`, to the last digit.
 * Offsets, lower-case letters, leap seconds and dates that no calendar has are refused.
 * @throws SageError `malformed`
 */
export const parseTime = (text: string): bigint => {
  const match = form.exec(text)
  if (match === null) throw malformed('not a time')
  const [, year, month, day, hour, minute, second, fraction = ''] = match
  // Not Date.UTC, which takes the years 0 to 99 for those of the last century.
  const midnight = new Date(0).setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  if (dateText(midnight) !== text.slice(0, 10)) throw malformed('not a date of the calendar')
  const seconds = midnight / 1000 + Number(hour) * 3600 + Number(minute) * 60 + Number(second)
  return BigInt(seconds) * SECOND + BigInt(fraction.padEnd(9, '0'))
}

/**
 * Text of a time in nanoseconds since 1970, with as few digits of the fraction as it needs.
 * @throws SageError `internal` outside the years 0000 to 9999
 */
export const encodeTime = (nanoseconds: bigint): string => {
  const fraction = ((nanoseconds % SECOND) + SECOND) % SECOND
  const milliseconds = Number((nanoseconds - fraction) / 1_000_000n)
  const date = new Date(milliseconds)
  const year = date.getUTCFullYear()
  if (!(year >= 0 && year <= 9999)) throw new SageError('internal', 'the year of a time has four digits')
  const digits = fraction === 0n ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`
  return `${date.toISOString().slice(0, 19)}${digits}Z`
}
