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
/**
 * Members of an object, and elements of an array, that a message can make use of, and more: its schemas allow 32 and 1024.
 * Those beyond are read as all others are, for the text has to be JSON to its end, but not kept: a stranger could have a
 * table of a million names made of eight megabytes. Such a message is malformed whatever they say.
 */
const MOST_MEMBERS = 64
const MOST_ELEMENTS = 1025
/** Kept in any case: an error names the message that it refuses, and the kind of a message is counted. */
const ALWAYS_KEPT: ReadonlySet<string> = new Set(['id', 'kid', 'message_id'])
/** Decimal digits that every double can hold. */
const EXACT_DIGITS = 15
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

/** The string of a literal with its quotes: what an escape stands for is no different here than anywhere. */
const unescaped = (literal: string): string => {
  try {
    return JSON.parse(literal) as string
  } catch {
    throw malformed('JSON: an escape of no character')
  }
}

/** One pass over a text of RFC 8259, with no look back: linear in its length, and no deeper than the limit. */
class JsonReader {
  private at = 0
  /** Is every string of the text what stands between its quotes? Asked of all of it at once, which mostly settles it. */
  private readonly isPlain: boolean

  constructor(
    private readonly text: string,
    private readonly readNumber: ReadNumber,
    private readonly isBounded: boolean,
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
    let kept = 0
    do {
      if (this.skipSpace() !== QUOTE) throw malformed('JSON: a member without a name')
      const name = this.string()
      if (Object.hasOwn(object, name)) throw malformed('JSON: a member name twice')
      if (!this.take(COLON)) throw malformed('JSON: a name without a value')
      const value = this.value(depth)
      if (this.isBounded && ++kept > MOST_MEMBERS && !ALWAYS_KEPT.has(name)) continue
      if (name === '__proto__') defineMember(object, name, value)
      else object[name] = value
    } while (this.take(COMMA))
    this.end(BRACE_END)
    return object
  }

  private array(depth: number): JsonValue[] {
    const array: JsonValue[] = []
    if (!this.begin(depth, BRACKET_END)) return array
    do {
      const value = this.value(depth)
      if (!this.isBounded || array.length < MOST_ELEMENTS) array.push(value)
    } while (this.take(COMMA))
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
    const start = this.at - 1
    for (;;) {
      const unit = this.text.charCodeAt(this.at)
      if (unit === QUOTE) break
      // NaN, the end of the text, is not at least a space either.
      if (!(unit >= 0x20)) throw malformed('JSON: a string without its end, or with a control character')
      this.at += unit === BACKSLASH ? 2 : 1
    }
    const string = unescaped(this.text.slice(start, ++this.at))
    if (hasLoneSurrogate(string)) throw malformed('JSON: half of a surrogate pair')
    return string
  }

  private word<T extends JsonValue>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw malformed('JSON: not a value')
    this.at += word.length
    return value
  }

  private number(): number {
    const start = this.at
    let value = 0
    let unit = this.text.charCodeAt(start)
    for (; unit >= 0x30 && unit <= 0x39; unit = this.text.charCodeAt(++this.at)) value = value * 10 + unit - 0x30
    const digits = this.at - start
    const isWhole = digits === 1 || (digits > 1 && digits <= EXACT_DIGITS && this.text[start] !== '0')
    if (isWhole && !isOfNumber(unit)) return value
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
export const parseJsonText = (text: string): JsonValue => new JsonReader(text, readDouble, false).document()

/** Is `value` an object of JSON, and not an array or null? */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const parseObject = (bytes: Uint8Array, isBounded: boolean): JsonObject => {
  const value = new JsonReader(parseUtf8(bytes), readInteger, isBounded).document()
  if (!isJsonObject(value)) throw malformed('JSON: not an object')
  return value
}

/**
 * The one object of a JSON text of the protocol (conventions.md): strict UTF-8 without byte order mark, no name twice at
 * any depth, no half of a surrogate pair, only integers of at most 53 bits written without fraction or exponent,
 * nested at most 16 deep. Work and memory are linear in the length. Of an object with more members, or an array with more
 * elements, than any message may have, a part is kept that still is too many; among the rest a name may be there twice.
 * @throws SageError `malformed`
 */
export const parseJson = (bytes: Uint8Array): JsonObject => parseObject(bytes, true)

/**
 * As {@link parseJson}, and all of it is kept: for what does not come from strangers.
 * @throws SageError `malformed`
 */
export const parseWholeJson = (bytes: Uint8Array): JsonObject => parseObject(bytes, false)
