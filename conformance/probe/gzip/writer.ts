import { concat } from '../bytes/framing.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { crc32, crc32OfZeros } from './crc32.js'

// Members are written here byte by byte, and not by zlib, whose bytes differ from one version and processor to the next:
// what the suite sends must be the same wherever a report is judged again.

/** What a header may say beside what it must (RFC 1952 §2.3). */
export interface MemberHeader {
  readonly text?: boolean
  /** Seconds from the Unix epoch. */
  readonly mtime?: number
  /** XFL and OS. */
  readonly flags?: number
  readonly os?: number
  /** Subfields, whole. */
  readonly extra?: Uint8Array
  readonly name?: string
  readonly comment?: string
  /** Whether the header has a CRC of its own. */
  readonly checked?: boolean
}

const le16 = (value: number): Uint8Array => Uint8Array.of(value & 0xff, (value >>> 8) & 0xff)
const le32 = (value: number): Uint8Array => concat(le16(value), le16(value >>> 16))

const headerOf = ({ text, mtime = 0, flags = 0, os = 255, extra, name, comment, checked }: MemberHeader) => {
  const has = [text, checked, extra, name, comment].map(field => field !== undefined && field !== false)
  const bits = has.reduce((sum, is, bit) => sum + (is ? 1 << bit : 0), 0)
  const header = concat(
    Uint8Array.of(0x1f, 0x8b, 8, bits),
    le32(mtime),
    Uint8Array.of(flags, os),
    ...(extra ? [le16(extra.length), extra] : []),
    ...[name, comment].flatMap(each => (each === undefined ? [] : [encodeUtf8(each), Uint8Array.of(0)])),
  )
  return checked ? concat(header, le16(crc32(header))) : header
}

/** A member around any bytes in the place of deflated ones, with the CRC-32 and the length that are said. */
export const encodeMember = (
  deflated: Uint8Array,
  trailer: { readonly crc: number; readonly length: number },
  header: MemberHeader = {},
): Uint8Array => concat(headerOf(header), deflated, le32(trailer.crc), le32(trailer.length))

const MOST_STORED = 65_535

/** Stored blocks (RFC 1951 §3.2.4) of at most `most` bytes each. */
export const storeBlocks = (bytes: Uint8Array, most = MOST_STORED): Uint8Array => {
  const count = Math.max(1, Math.ceil(bytes.length / most))
  return concat(
    ...Array.from({ length: count }, (_, index) => {
      const block = bytes.subarray(index * most, (index + 1) * most)
      const length = le16(block.length)
      return concat(
        Uint8Array.of(index === count - 1 ? 1 : 0),
        length,
        length.map(byte => byte ^ 0xff),
        block,
      )
    }),
  )
}

/** `bytes` as one member, stored and not compressed: 23 bytes and 5 for every further 64 KiB more. */
export const store = (bytes: Uint8Array, header: MemberHeader = {}): Uint8Array =>
  encodeMember(storeBlocks(bytes), { crc: crc32(bytes), length: bytes.length }, header)

/** Writes bits from the lowest bit of each byte on (RFC 1951 §3.1.1). */
class BitWriter {
  readonly #bytes: number[] = []
  #held = 0
  #count = 0

  /** The lowest `count` bits of `value`, the lowest first. */
  write(value: number, count: number): void {
    this.#held |= value << this.#count
    this.#count += count
    for (; this.#count >= 8; this.#count -= 8) {
      this.#bytes.push(this.#held & 0xff)
      this.#held >>>= 8
    }
  }

  /** Everything written, the last byte filled up with zeros. */
  end(): Uint8Array {
    if (this.#count > 0) this.write(0, 8 - this.#count)
    return Uint8Array.from(this.#bytes)
  }
}

/** Bytes of a match of the greatest length, whose code is 285. */
const LONGEST = 258

/**
 * One deflated block of `count` zero bytes, 1032 times shorter than they are: a code of one bit for 258 bytes more, another
 * for how far back they are, and two bits each for a zero alone and for the end.
 */
const deflateZeros = (count: number): Uint8Array => {
  const bits = new BitWriter()
  const repeatZeroLength = (times: number): void => {
    bits.write(0, 1)
    bits.write(times - 11, 7)
  }
  // The last block, of dynamic codes: 286 for literals and lengths, 1 for distances, lengths of 18 codes of lengths.
  bits.write(0b101, 3)
  bits.write(286 - 257, 5)
  bits.write(0, 5)
  bits.write(18 - 4, 4)
  // In the order 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1: a bit for 18, two for 2 and for 1. Thus 18 is 0, 1 is 10, 2 is 11.
  for (let at = 0; at < 18; at++) bits.write(at === 2 ? 1 : at === 15 || at === 17 ? 2 : 0, 3)
  const [lengthOne, lengthTwo] = [0b01, 0b11]
  bits.write(lengthTwo, 2)
  repeatZeroLength(138)
  repeatZeroLength(117)
  bits.write(lengthTwo, 2)
  repeatZeroLength(28)
  bits.write(lengthOne, 2)
  bits.write(lengthOne, 2)
  // 285 is 0, the literal 0 is 10, the end is 11. Codes are written from their highest bit on.
  const [literal, end] = [0b01, 0b11]
  const alone = count === 0 ? 0 : 1 + ((count - 1) % LONGEST)
  for (let index = 0; index < alone; index++) bits.write(literal, 2)
  for (let left = count - alone; left > 0; left -= LONGEST) bits.write(0, 2)
  bits.write(end, 2)
  return bits.end()
}

/**
 * A member with a match that reaches back to before the beginning: an `a`, and three bytes from four places before it. Its trailer
 * is right for whoever takes what was never there for zeros.
 */
export const reachBeforeTheBeginning = (): Uint8Array => {
  const bits = new BitWriter()
  const writeCode = (code: number, count: number): void => {
    for (let at = count - 1; at >= 0; at--) bits.write((code >> at) & 1, 1)
  }
  // The last block, of the fixed codes (RFC 1951 §3.2.6): the letter, length 3, distance 5 of 5 and 6, the end.
  bits.write(0b011, 3)
  writeCode(0x30 + 0x61, 8)
  writeCode(257 - 256, 7)
  writeCode(4, 5)
  bits.write(0, 1)
  writeCode(0, 7)
  const taken = Uint8Array.of(0x61, 0, 0, 0)
  return encodeMember(bits.end(), { crc: crc32(taken), length: taken.length })
}

/** `count` zero bytes, 0 or more, as one member of about a thousandth of their length. */
export const compressZeros = (count: number): Uint8Array =>
  encodeMember(deflateZeros(count), { crc: crc32OfZeros(count), length: count % 2 ** 32 })
