import type { Dice } from '../dice.js'

type Mutation = (bytes: Uint8Array, other: Uint8Array, dice: Dice) => Uint8Array

const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))

const flip: Mutation = (bytes, _, dice) => {
  const flipped = Uint8Array.from(bytes)
  for (let times = 1 + dice.under(3); times > 0; times--) flipped[dice.under(bytes.length)]! ^= 1 << dice.under(8)
  return flipped
}

const truncate: Mutation = (bytes, _, dice) => bytes.subarray(0, dice.under(bytes.length))

/** The beginning of one and the end of another. */
const splice: Mutation = (bytes, other, dice) =>
  joined(bytes.subarray(0, dice.under(bytes.length)), other.subarray(dice.under(other.length)))

/** A part of it twice. */
const duplicate: Mutation = (bytes, _, dice) => {
  const from = dice.under(bytes.length)
  const to = from + 1 + dice.under(Math.min(64, bytes.length - from))
  return joined(bytes.subarray(0, to), bytes.subarray(from))
}

const remove: Mutation = (bytes, _, dice) => {
  const from = dice.under(bytes.length)
  return joined(bytes.subarray(0, from), bytes.subarray(from + 1 + dice.under(16)))
}

/** Another character in the place of one, out of those that stand in such texts. */
const replace: Mutation = (bytes, _, dice) => {
  const replaced = Uint8Array.from(bytes)
  replaced[dice.under(bytes.length)] = dice.pick([
    0x22, 0x2c, 0x3a, 0x5c, 0x7b, 0x7d, 0x20, 0x0a, 0x30, 0x41, 0x61, 0x3d,
  ])
  return replaced
}

/** White space and order mean nothing: what comes of these is as good as before. */
const respace: Mutation = bytes => {
  const value = JSON.parse(Buffer.from(bytes).toString()) as object
  return Buffer.from(` ${JSON.stringify(Object.fromEntries(Object.entries(value).reverse()), null, '\t')}\r\n`)
}

/** A member of one message in the place of that of another. */
const swap: Mutation = (bytes, other, dice) => {
  const [one, two] = [bytes, other].map(text => JSON.parse(Buffer.from(text).toString()) as Record<string, unknown>)
  const name = dice.pick(Object.keys(two!))
  return Buffer.from(JSON.stringify({ ...one, [name]: two![name] }))
}

const escape: Mutation = (bytes, _, dice) => {
  const at = 2 + dice.under(bytes.length - 4)
  const code = bytes[at]!.toString(16).padStart(4, '0')
  return joined(bytes.subarray(0, at), Buffer.from(`\\u${code}`), bytes.subarray(at + 1))
}

/** Ways to change the bytes of a message, by name. */
export const mutations: Readonly<Record<string, Mutation>> = {
  flip,
  truncate,
  splice,
  duplicate,
  remove,
  replace,
  respace,
  swap,
  escape,
}
