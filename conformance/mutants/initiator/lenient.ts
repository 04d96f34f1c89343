import type { JsonObject } from '../../../reference/bytes/json.js'
import { parts, type Fault } from './mutant.js'

type Changing = Record<string, unknown>

/**
 * Reads JSON by `read` and forgives something in it, in a copy: what is signed is still what was received, so that nothing
 * but the form is forgiven.
 */
const forgiving = (change: (value: Changing) => void, read?: (bytes: Uint8Array) => JsonObject): Fault =>
  parts(honest => {
    let received: JsonObject = {}
    return {
      parseJson: bytes => {
        received = (read ?? honest.parseJson)(bytes)
        const copy = structuredClone(received)
        change(copy)
        return copy
      },
      canonicalJson: () => {
        const { signature: _, ...unsigned } = received
        return honest.canonicalJson(unsigned)
      },
      signedText: () => honest.signedText(received as never),
    }
  })

/** Forgives something in any object that is read. */
export const forgives = (change: (value: Changing) => void): Fault => forgiving(change)

/** Reads a card as if it had been written otherwise, in what is signed too. */
export const readsCardsAs = (change: (card: Changing) => void): Fault =>
  parts(honest => ({
    parseJson: bytes => {
      const value = structuredClone(honest.parseJson(bytes))
      if (value['sage'] !== undefined) change(value)
      return value
    },
  }))

const MAX_DEPTH = 16

const isDeep = (value: unknown, depth: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth > MAX_DEPTH || Object.values(value).some(each => isDeep(each, depth + 1)))

/** Leaves members out that nest deeper than they may, in what is signed too. */
export const leavesOutWhatIsTooDeep: Fault = parts(honest => ({
  parseJson: bytes => {
    try {
      return honest.parseJson(bytes)
    } catch (refusal) {
      const read = readAnyway(bytes)
      if (read === undefined || !isDeep(read, 1)) throw refusal
      const shallow = Object.entries(read).filter(([, value]) => !isDeep(value, 2))
      return honest.parseJson(Buffer.from(JSON.stringify(Object.fromEntries(shallow))))
    }
  },
}))

const readAnyway = (bytes: Uint8Array): JsonObject | undefined => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as JsonObject
  } catch {
    return undefined
  }
}

/** JSON as a program reads it that asks for no more than JSON.parse does. */
export const readsJsonWith = (change: (text: string) => string): Fault =>
  forgiving(
    () => undefined,
    bytes => JSON.parse(change(Buffer.from(bytes).toString('utf8'))) as JsonObject,
  )

/** Forgives one member that is a text. */
export const forgivesText = (name: string, change: (text: string) => string): Fault =>
  forgives(value => {
    if (typeof value[name] === 'string') value[name] = change(value[name])
  })

/** Forgives something in agent cards only. */
export const forgivesCards = (change: (card: Changing) => void): Fault =>
  forgives(value => {
    if (value['sage'] !== undefined) change(value)
  })

/** b64u as Node reads it, written anew. */
export const anyBase64Url = (text: string): string => Buffer.from(text, 'base64url').toString('base64url')

/** base64 as Node reads it: whatever the alphabet, the padding and the unused bits. */
export const readsAnyBase64: Fault = parts(() => ({
  parseBase64: text => Uint8Array.from(Buffer.from(text, 'base64')),
}))

/** Opens records without looking at their tag: sealing a ciphertext under its own nonce gives the plaintext back. */
export const ignoresTag: Fault = parts(honest => ({
  openAead: (input, ciphertext) =>
    honest.sealAead(input, ciphertext.subarray(0, Math.max(0, ciphertext.length - 16))).slice(0, -16),
}))
