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
const NOT_PLAIN = /[\\\u0000-\u001f]/
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Assignment would call the setter of `__proto__`; a definition makes it a member like any other. */
const defineMember = (object: JsonObject, name: string, value: JsonValue): void => {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true })
}

/** One pass over a text of RFC 8259, with no look back: linear in its length, and no deeper than the limit. */
class JsonReader {
  private at = 0

  constructor(
    private readonly text: string,
    private readonly readNumber: ReadNumber,
  ) {}

  document(): JsonValue {
    const value = this.value(0)
    this.space()
    if (this.at !== this.text.length) throw malformed('JSON: text after the value')
    return value
  }

  private value(depth: number): JsonValue {
    this.space()
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth + 1)
      case '[':
        return this.array(depth + 1)
      case '"':
        return this.string()
      case 't':
        return this.word('true', true)
      case 'f':
        return this.word('false', false)
      case 'n':
        return this.word('null', null)
      default:
        return this.number()
    }
  }

  private object(depth: number): JsonObject {
    const object: JsonObject = {}
    this.members(depth, '}', () => {
      if (this.text[this.at] !== '"') throw malformed('JSON: a member without a name')
      const name = this.string()
      if (Object.hasOwn(object, name)) throw malformed('JSON: a member name twice')
      this.space()
      if (!this.take(':')) throw malformed('JSON: a name without a value')
      const value = this.value(depth)
      if (name === '__proto__') defineMember(object, name, value)
      else object[name] = value
    })
    return object
  }

  private array(depth: number): JsonValue[] {
    const array: JsonValue[] = []
    this.members(depth, ']', () => array.push(this.value(depth)))
    return array
  }

  private members(depth: number, close: string, member: () => void): void {
    if (depth > MAX_JSON_DEPTH) throw malformed('JSON: nested too deep')
    this.at++
    this.space()
    if (this.take(close)) return
    do {
      this.space()
      member()
      this.space()
    } while (this.take(','))
    if (!this.take(close)) throw malformed('JSON: an object or array without its end')
  }

  private string(): string {
    const start = ++this.at
    const end = this.text.indexOf('"', start)
    const plain = this.text.slice(start, end)
    if (end < 0 || NOT_PLAIN.test(plain)) return this.stringWithEscapes()
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
    while (this.isAt('+-.0123456789eE')) this.at++
    const literal = this.text.slice(start, this.at)
    if (literal.length > MAX_NUMBER_CHARACTERS || !NUMBER.test(literal)) throw malformed('JSON: not a value')
    return this.readNumber(literal)
  }

  private space(): void {
    while (this.isAt(' \t\n\r')) this.at++
  }

  private take(character: string): boolean {
    const taken = this.isAt(character)
    if (taken) this.at++
    return taken
  }

  private isAt(characters: string): boolean {
    return this.at < this.text.length && characters.includes(this.text[this.at]!)
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
