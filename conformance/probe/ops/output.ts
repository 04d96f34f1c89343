import { encodeHex } from '../bytes/hex.js'

/** What an operation answers, in the probe's own terms. */
export type Output = Readonly<Record<string, unknown>>

/** The answer in the terms of vectors: bytes as hex, 64-bit integers as decimal texts. */
export const render = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return encodeHex(value)
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return value.map(render)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, render(member)]))
  return value
}

/** An operation: accepts with an output, or throws a Refusal; a BadQuestion if its input is none of its own. */
export type Operation<Input> = (input: Input) => Output
