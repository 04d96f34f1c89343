import { MAX_JSON_DEPTH } from '../../schemas/index.js'
import { malformed } from './sage-error.js'
import { hasLoneSurrogate, parseUtf8 } from './utf8.js'

/** Any value of JSON. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject

/** An object of JSON; every member is its own, `__proto__` too. */
export interface JsonObject {
  [name: string]: JsonValue
}

/** Reads a number from its literal, or throws. */
type ReadNumber = (literal: string) => number

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/
// No double needs more digits, and a regex engine must not be given more than it can take back.
const MAX_NUMBER_CHARACTERS = 1024
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
const CONTROL = /[\u0000-\u001f]/
const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const BRACKET = 0x5b
const BRACKET_END = 0x5d
const BACKSLASH = 0x5c
const BRACE = 0x7b
const BRACE_END = 0x7d

// Two searches: a class of both would be looked up for every unit, and take six times as long.
const isPlain = (text: string): boolean => !text.includes('\\') && !CONTROL.test(text)

const isSpace = (unit: number): boolean => unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09

/** Can this unit be in a number: a digit, a sign, a point, the mark of an exponent? */
const isOfNumber = (unit: number): boolean =>
  (unit >= 0x30 && unit <= 0x39) || unit === 0x2d || unit === 0x2b || unit === 0x2e || (unit | 0x20) === 0x65

/** Assignment would call the setter of `__proto__`; a definition makes it a member like any other. */
const defineMember = (object: JsonObject, name: string, value: JsonValue): void => {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true })
}

/** One pass over a text of RFC 8259, with no look back: linear in its length, and no deeper than the limit. */
class JsonReader {
  private at = 0
  /** Is every string of the text what stands between its quotes? Asked of all of it at once, which mostly settles it. */
  private readonly isPlain: boolean

  constructor(
    private readonly text: string,
    private readonly readNumber: ReadNumber,
  ) {
    this.isPlain = isPlain(text)
  }

  document(): JsonValue {
    const value = this.value(0)
    this.skipSpace()
    if (this.at !== this.text.length) throw malformed('JSON: text after the value')
    return value
  }

  private value(depth: number): JsonValue {
    switch (this.skipSpace()) {
      case BRACE:
        return this.object(depth + 1)
      case BRACKET:
        return this.array(depth + 1)
      case QUOTE:
        return this.string()
      case 0x74:
        return this.word('true', true)
      case 0x66:
        return this.word('false', false)
      case 0x6e:
        return this.word('null', null)
      default:
        return this.number()
    }
  }

  private object(depth: number): JsonObject {
    const object: JsonObject = {}
    if (!this.begin(depth, BRACE_END)) return object
    do {
      if (this.skipSpace() !== QUOTE) throw malformed('JSON: a member without a name')
      const name = this.string()
      if (Object.hasOwn(object, name)) throw malformed('JSON: a member name twice')
      if (!this.take(COLON)) throw malformed('JSON: a name without a value')
      const value = this.value(depth)
      if (name === '__proto__') defineMember(object, name, value)
      else object[name] = value
    } while (this.take(COMMA))
    this.end(BRACE_END)
    return object
  }

  private array(depth: number): JsonValue[] {
    const array: JsonValue[] = []
    if (!this.begin(depth, BRACKET_END)) return array
    do array.push(this.value(depth))
    while (this.take(COMMA))
    this.end(BRACKET_END)
    return array
  }

  /** Goes into an object or array. False where it is empty, and then it has been left again. */
  private begin(depth: number, close: number): boolean {
    if (depth > MAX_JSON_DEPTH) throw malformed('JSON: nested too deep')
    this.at++
    return !this.take(close)
  }

  private end(close: number): void {
    if (!this.take(close)) throw malformed('JSON: an object or array without its end')
  }

  private string(): string {
    const start = ++this.at
    const end = this.text.indexOf('"', start)
    if (end < 0) return this.stringWithEscapes()
    const plain = this.text.slice(start, end)
    if (!this.isPlain && !isPlain(plain)) return this.stringWithEscapes()
    this.at = end + 1
    return plain
  }

  private stringWithEscapes(): string {
    const parts: string[] = []
    let start = this.at
    for (;;) {
      const unit = this.text.charCodeAt(this.at)
      if (unit === QUOTE) break
      // NaN, the end of the text, is not at least a space either.
      if (!(unit >= 0x20)) throw malformed('JSON: a string without its end, or with a control character')
      if (unit === BACKSLASH) {
        parts.push(this.text.slice(start, this.at), this.escape())
        start = this.at
      } else this.at++
    }
    const string = parts.join('') + this.text.slice(start, this.at++)
    if (hasLoneSurrogate(string)) throw malformed('JSON: half of a surrogate pair')
    return string
  }

  private escape(): string {
    const letter = this.text[this.at + 1] ?? ''
    if (letter === 'u') {
      const digits = this.text.slice(this.at + 2, this.at + 6)
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw malformed('JSON: an escape of no character')
      this.at += 6
      return String.fromCharCode(parseInt(digits, 16))
    }
    const character = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined
    if (character === undefined) throw malformed('JSON: an escape of no character')
    this.at += 2
    return character
  }

  private word<T extends JsonValue>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw malformed('JSON: not a value')
    this.at += word.length
    return value
  }

  private number(): number {
    const start = this.at
    while (isOfNumber(this.text.charCodeAt(this.at))) this.at++
    const literal = this.text.slice(start, this.at)
    if (literal.length > MAX_NUMBER_CHARACTERS || !NUMBER.test(literal)) throw malformed('JSON: not a value')
    return this.readNumber(literal)
  }

  /** The unit after the white space; NaN at the end of the text. */
  private skipSpace(): number {
    let unit = this.text.charCodeAt(this.at)
    while (isSpace(unit)) unit = this.text.charCodeAt(++this.at)
    return unit
  }

  /** Is this the next unit after the white space? Then it is taken. */
  private take(unit: number): boolean {
    const isNext = this.skipSpace() === unit
    if (isNext) this.at++
    return isNext
  }
}

const readInteger: ReadNumber = literal => {
  const value = Number(literal)
  if (!/^-?[0-9]+$/.test(literal) || !Number.isSafeInteger(value))
    throw malformed('JSON: a number that is not an integer of at most 53 bits')
  return value
}

const readDouble: ReadNumber = literal => {
  const value = Number(literal)
  if (!Number.isFinite(value)) throw malformed('JSON: a number beyond the range of doubles')
  return value
}

/**
 * The value of any I-JSON text (RFC 7493): no name twice in one object, no half of a surrogate pair, numbers within
 * the range of doubles, nested at most 16 deep.
 * @throws SageError `malformed`
 */
export const parseJsonText = (text: string): JsonValue => new JsonReader(text, readDouble).document()

/** Is `value` an object of JSON, and not an array or null? */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The one object of a JSON text of the protocol (conventions.md): strict UTF-8 without byte order mark, no name twice at
 * any depth, no half of a surrogate pair, only integers of at most 53 bits written without fraction or exponent,
 * nested at most 16 deep. Work and memory are linear in the length.
 * @throws SageError `malformed`
 */
export const parseJson = (bytes: Uint8Array): JsonObject => {
  const value = new JsonReader(parseUtf8(bytes), readInteger).document()
  if (!isJsonObject(value)) throw malformed('JSON: not an object')
  return value
}
