import { Refusal } from '../refusal.js'

const matched = (text: string, form: RegExp, rule: string): RegExpExecArray => {
  const match = form.exec(text)
  if (!match) throw new Refusal('schema', rule)
  return match
}

const TOKEN = /^[A-Za-z0-9._~:-]{1,128}$/

/** Is it a token? */
export const isToken = (text: string): boolean => TOKEN.test(text)

/**
 * A token: 1 to 128 of `A-Z a-z 0-9 . _ ~ : -`.
 * @throws Refusal `schema`
 */
export const parseToken = (text: string): string => matched(text, TOKEN, 'conventions.token')[0]

/**
 * A task: 1 to 128 of a token's characters and `/` and `@`.
 * @throws Refusal `schema`
 */
export const parseTask = (text: string): string => matched(text, /^[A-Za-z0-9._~:/@-]{1,128}$/, 'conventions.task')[0]

/** A DID in its two parts. */
export interface Did {
  readonly method: string
  readonly id: string
}

/**
 * The parts of a DID of 7 to 512 characters: `did:` method `:` id, where only the id may hold further colons.
 * @throws Refusal `schema`
 */
export const parseDid = (text: string): Did => {
  if (text.length < 7 || text.length > 512) throw new Refusal('schema', 'conventions.did')
  const [, method = '', id = ''] = matched(text, /^did:([a-z0-9]+):([A-Za-z0-9._:%-]+)$/, 'conventions.did')
  return { method, id }
}
