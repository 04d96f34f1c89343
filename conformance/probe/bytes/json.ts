import { MAX_JSON_DEPTH } from '../../../schemas/index.js'
import { Refusal } from '../refusal.js'
import { parseUtf8 } from './utf8.js'

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

/** A JSON object, a plain one. */
export interface JsonObject {
  readonly [name: string]: Json
}

/** Which numbers a reader accepts: SAGE's integers up to 2^53-1, or every finite double (RFC 8785 needs those). */
export type Numbers = 'integers' | 'doubles'

const space = /[ \t\n\r]*/y
const number = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y
const literals = { true: true, false: false, null: null } as const

/** `__proto__` is a name like any other: defined, not assigned, which takes so much longer that the rest is. */
const define = (object: Record<string, Json>, name: string, value: Json): void => {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
  else object[name] = value
}

/** A recursive descent over one text, as deep as MAX_JSON_DEPTH allows; every character is read a bounded number of times. */
class Reader {
  #at = 0

  constructor(
    readonly text: string,
    readonly numbers: Numbers,
  ) {}

  whole(): Json {
    const value = this.#value(1)
    if (this.#next() !== '') throw this.#refusal('utf8')
    return value
  }

  #refusal(rule: 'utf8' | 'surrogate' | 'depth' | 'integer' | 'duplicate', cause?: unknown): Refusal {
    return new Refusal('encoding', `conventions.json-${rule}`, { cause })
  }

  /** The next character that is not white space, not yet taken; empty at the end. */
  #next(): string {
    space.lastIndex = this.#at
    space.test(this.text)
    this.#at = space.lastIndex
    return this.text.charAt(this.#at)
  }

  #taken(character: string): boolean {
    const found = this.#next() === character
    if (found) this.#at += 1
    return found
  }

  #take(character: string): void {
    if (!this.#taken(character)) throw this.#refusal('utf8')
  }

  #value(depth: number): Json {
    const first = this.#next()
    if (first === '"') return this.#string()
    if (first === '{' || first === '[') {
      if (depth > MAX_JSON_DEPTH) throw this.#refusal('depth')
      return first === '{' ? this.#object(depth) : this.#array(depth)
    }
    for (const [word, value] of Object.entries(literals)) {
      if (!this.text.startsWith(word, this.#at)) continue
      this.#at += word.length
      return value
    }
    return this.#number()
  }

  #object(depth: number): JsonObject {
    const object: Record<string, Json> = {}
    this.#take('{')
    if (this.#taken('}')) return object
    do {
      if (this.#next() !== '"') throw this.#refusal('utf8')
      const name = this.#string()
      if (Object.hasOwn(object, name)) throw this.#refusal('duplicate')
      this.#take(':')
      define(object, name, this.#value(depth + 1))
    } while (this.#taken(','))
    this.#take('}')
    return object
  }

  #array(depth: number): Json[] {
    const array: Json[] = []
    this.#take('[')
    if (this.#taken(']')) return array
    do array.push(this.#value(depth + 1))
    while (this.#taken(','))
    this.#take(']')
    return array
  }

  #string(): string {
    const start = this.#at
    let end = start
    do {
      end = this.text.indexOf('"', end + 1)
      if (end < 0) throw this.#refusal('utf8')
    } while (this.#isEscaped(end))
    this.#at = end + 1
    let text: string
    try {
      text = JSON.parse(this.text.slice(start, this.#at)) as string
    } catch (cause) {
      throw this.#refusal('utf8', cause)
    }
    if (isIllFormed(text)) throw this.#refusal('surrogate')
    return text
  }

  /** Does an odd number of backslashes stand before `index`? */
  #isEscaped(index: number): boolean {
    let start = index
    while (this.text.charAt(start - 1) === '\\') start -= 1
    return (index - start) % 2 === 1
  }

  #number(): number {
    number.lastIndex = this.#at
    const match = number.exec(this.text)
    if (!match) throw this.#refusal('utf8')
    this.#at = number.lastIndex
    const value = Number(match[0])
    const [, fraction, exponent] = match
    if (this.numbers === 'doubles' ? !Number.isFinite(value) : fraction || exponent || !Number.isSafeInteger(value))
      throw this.#refusal('integer')
    return value
  }
}

/** Does `text` hold a surrogate without its other half? Never throws. */
export const isIllFormed = (text: string): boolean => !text.isWellFormed()

/** Is `value` a JSON object, neither null nor an array? Never throws. */
export const isJsonObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The value of one JSON text (RFC 8259).
 * @throws Refusal `encoding` on bad syntax, a byte order mark, a name that occurs twice in one object, a lone surrogate
 *   (raw or escaped), a number not among `numbers`, and nesting deeper than 16
 */
export const parseJson = (text: string, numbers: Numbers): Json => new Reader(text, numbers).whole()

/**
 * The one object of a SAGE JSON text, as UTF-8 bytes or already as text.
 * @throws Refusal `encoding` as {@link parseJson} with integers, on malformed UTF-8, and on a value that is no object
 */
export const parseJsonObject = (source: Uint8Array | string): JsonObject => {
  const value = parseJson(typeof source === 'string' ? source : parseUtf8(source), 'integers')
  if (!isJsonObject(value)) throw new Refusal('encoding', 'conventions.json-utf8')
  return value
}
