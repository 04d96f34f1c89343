import type { JsonObject } from '../../../reference/bytes/json.js'
import type { Parts } from '../../../reference/parts.js'
import { parts, type Fault } from './mutant.js'

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

/** JSON as a program reads it that asks for no more than JSON.parse does. */
export const readsJsonWith = (change: (text: string) => string): Fault =>
  parts(() => ({ parseJson: bytes => asObject(JSON.parse(change(textOf(bytes)))) }))

const asObject = (value: unknown): JsonObject =>
  Array.isArray(value) ? (value[0] as JsonObject) : (value as JsonObject)

/** Strict JSON, then something forgiving done to one object before its schema is looked at. */
export const forgives = (change: (value: Record<string, unknown>) => void): Fault =>
  parts(honest => ({
    parseJson: bytes => {
      const value = { ...honest.parseJson(bytes) } as Record<string, unknown>
      change(value)
      return value as JsonObject
    },
  }))

/** Forgives one member that is a text. */
export const forgivesText = (name: string, change: (text: string) => string): Fault =>
  forgives(value => {
    if (typeof value[name] === 'string') value[name] = change(value[name])
  })

/** base64 as Node reads it: whatever the alphabet, the padding and the unused bits. */
export const readsAnyBase64: Fault = parts(() => ({ parseBase64: text => new Uint8Array(Buffer.from(text, 'base64')) }))

/**
 * Opens records without looking at their tag: the keystream of ChaCha20 is applied, and whatever comes out is taken for the
 * plaintext (sealing a ciphertext under its own nonce gives the plaintext back).
 */
export const ignoresTag: Fault = parts((honest: Parts) => ({
  openAead: (input, ciphertext) =>
    honest.sealAead(input, ciphertext.subarray(0, Math.max(0, ciphertext.length - 16))).slice(0, -16),
}))
