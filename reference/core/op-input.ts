import { parseHex } from '../bytes/hex.js'
import { isJsonObject, type JsonObject } from '../bytes/json.js'
import { malformed } from '../bytes/sage-error.js'

/** The `input` of an operation: every reader throws SageError `malformed` when the member is not what it must be. */
export class OpInput {
  constructor(private readonly values: JsonObject) {}

  has(name: string): boolean {
    return Object.hasOwn(this.values, name)
  }

  text(name: string): string {
    const value = this.member(name)
    if (typeof value !== 'string') throw malformed(`${name} is not a text`)
    return value
  }

  /** Binary values are hex, of exactly `length` bytes where that is given. */
  bytes(name: string, length?: number): Uint8Array {
    return parseHex(this.text(name), length)
  }

  integer(name: string): number {
    const value = this.member(name)
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw malformed(`${name} is not an integer`)
    return value
  }

  /** Integers of 64 bits are decimal texts. */
  uint64(name: string): bigint {
    const text = this.text(name)
    const value = /^(?:0|[1-9][0-9]{0,19})$/.test(text) ? BigInt(text) : -1n
    if (value < 0n || value >= 1n << 64n) throw malformed(`${name} is not an integer of 64 bits`)
    return value
  }

  json(name: string): JsonObject {
    const value = this.member(name)
    if (!isJsonObject(value)) throw malformed(`${name} is not an object`)
    return value
  }

  object(name: string): OpInput {
    return new OpInput(this.json(name))
  }

  list(name: string): OpInput[] {
    const value = this.member(name)
    if (!Array.isArray(value)) throw malformed(`${name} is not a list`)
    return value.map(item => {
      if (!isJsonObject(item)) throw malformed(`${name} is not a list of objects`)
      return new OpInput(item)
    })
  }

  /** All members, as they are. */
  all(): JsonObject {
    return this.values
  }

  private member(name: string): unknown {
    return this.has(name) ? this.values[name] : undefined
  }
}
