import { parseHex } from '../bytes/hex.js'
import { parseTime } from '../bytes/time.js'
import { Refusal } from '../refusal.js'

/** A question that is not well put: the asker's fault, and no answer about an implementation. */
export class BadQuestion extends Error {
  override readonly name = 'BadQuestion'
}

/** The members of a question's `input`. */
export type Input = Readonly<Record<string, unknown>>

const bad = (name: string, what: string): BadQuestion => new BadQuestion(`input.${name} is not ${what}`)

/** An object that is no array. */
export const isInput = (value: unknown): value is Input =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A text. */
export const text = (input: Input, name: string): string => {
  const value = input[name]
  if (typeof value !== 'string') throw bad(name, 'a text')
  return value
}

const parsed = <T>(input: Input, name: string, parse: (text: string) => T, what: string): T => {
  try {
    return parse(text(input, name))
  } catch (error) {
    throw error instanceof Refusal ? bad(name, what) : error
  }
}

/** Bytes, given in hex. */
export const hex = (input: Input, name: string): Uint8Array => parsed(input, name, parseHex, 'lower-case hex')

/** A time of the question itself, as nanoseconds from the Unix epoch. */
export const time = (input: Input, name: string): bigint => parsed(input, name, parseTime, 'a time')

/** An integer, zero or more. */
export const integer = (input: Input, name: string): number => {
  const value = input[name]
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw bad(name, 'an integer')
  return value
}

/** An unsigned integer of 64 bits, given as a decimal text. */
export const integer64 = (input: Input, name: string): bigint => {
  const digits = text(input, name)
  const value = /^(?:0|[1-9][0-9]{0,19})$/.test(digits) ? BigInt(digits) : 2n ** 64n
  if (value >= 2n ** 64n) throw bad(name, 'an unsigned 64-bit integer in decimal')
  return value
}

/** True or false. */
export const flag = (input: Input, name: string): boolean => {
  const value = input[name]
  if (typeof value !== 'boolean') throw bad(name, 'true or false')
  return value
}

/** An object. */
export const object = (input: Input, name: string): Input => {
  const value = input[name]
  if (!isInput(value)) throw bad(name, 'an object')
  return value
}

/** A list of objects. */
export const objects = (input: Input, name: string): Input[] => {
  const value = input[name]
  if (!Array.isArray(value) || !value.every(isInput)) throw bad(name, 'a list of objects')
  return value
}

/** What `read` makes of a member that may be absent. */
export const optional = <T>(input: Input, name: string, read: (input: Input, name: string) => T): T | undefined =>
  input[name] === undefined ? undefined : read(input, name)
