/** Draws whose sequence follows from a seed: the same siege can be made again. */
export class Dice {
  private state: number

  /** @param seed any integer; its low 32 bits count */
  constructor(seed: number) {
    this.state = seed >>> 0
  }

  /** A number from 0 up to `below`, exclusive; `below` is at most 2³². */
  under(below: number): number {
    return Math.floor((this.next() / 2 ** 32) * below)
  }

  /** One of several. */
  pick<T>(from: readonly T[]): T {
    return from[this.under(from.length)]!
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.under(times) === 0
  }

  /** Bytes of any values. */
  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length; at++) bytes[at] = this.next() >>> 24
    return bytes
  }

  /** So many characters out of an alphabet. */
  text(length: number, alphabet: string): string {
    let text = ''
    for (let at = 0; at < length; at++) text += alphabet[this.under(alphabet.length)]
    return text
  }

  // Mulberry32: one 32-bit word of state, which is all that tests of this size need.
  private next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let word = this.state
    word = Math.imul(word ^ (word >>> 15), word | 1)
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61)
    return (word ^ (word >>> 14)) >>> 0
  }
}
