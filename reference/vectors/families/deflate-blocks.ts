import { concat } from '../../bytes/concat.js'
import { crc32 } from '../../bytes/crc32.js'
import { encodeHex, parseHex } from '../../bytes/hex.js'

// Deflated data (RFC 1951) by hand: blocks that no compressor would write, and the same bytes on every machine.

const le16 = (value: number): Uint8Array => Uint8Array.of(value & 0xff, (value >>> 8) & 0xff)
const le32 = (value: number): Uint8Array => concat(le16(value), le16(value >>> 16))

/** A stored block (§3.2.4). */
export const storedBlock = (bytes: Uint8Array, isLast: boolean): Uint8Array =>
  concat(Uint8Array.of(Number(isLast)), le16(bytes.length), le16(~bytes.length & 0xffff), bytes)

/** Bits into bytes, from the lowest bit of each on (§3.1.1). */
const packed = (bits: string): Uint8Array =>
  Uint8Array.from({ length: Math.ceil(bits.length / 8) }, (_, at) =>
    parseInt([...bits.slice(8 * at, 8 * at + 8)].reverse().join(''), 2),
  )

const code = (value: number, bits: number): string => value.toString(2).padStart(bits, '0')

const LAST_FIXED_BLOCK = '110'
const END_OF_BLOCK = code(0, 7)

/** The code of a byte below 144 in the fixed codes (§3.2.6). */
const literal = (byte: number): string => code(0x30 + byte, 8)

/** A block of the fixed codes that holds these bytes, each below 144, as they are. */
export const fixedBlock = (bytes: Uint8Array): Uint8Array =>
  packed(LAST_FIXED_BLOCK + [...bytes].map(literal).join('') + END_OF_BLOCK)

/** The same 258 bytes again, one byte back: code 285, distance code 0. */
const LONGEST_MATCH = code(0xc5, 8) + code(0, 5)

/** A block of 1 + 258 × `matches` zero bytes, 159 times shorter than they are. */
export const zeroBlock = (matches: number): Uint8Array =>
  packed(LAST_FIXED_BLOCK + literal(0) + LONGEST_MATCH.repeat(matches) + END_OF_BLOCK)

/** A block whose first match reaches back to before the beginning. */
export const matchBeforeStart = (): Uint8Array => packed(LAST_FIXED_BLOCK + LONGEST_MATCH + END_OF_BLOCK)

/** What a member says beside what is deflated in it. */
export interface MemberFrame {
  /** FLG of the header. */
  readonly flags?: number
  /** What stands between the ten bytes of the header and the deflated data. */
  readonly fields?: Uint8Array
  /** The ten bytes, where they are not the usual ones. */
  readonly header?: Uint8Array
  /** CRC-32 and length, where they are not those of the plaintext. */
  readonly crc?: number
  readonly length?: number
}

/** A member (RFC 1952), as hex. */
export const member = (plaintext: Uint8Array, deflated: Uint8Array, frame: MemberFrame = {}): string => {
  const { flags = 0, fields = new Uint8Array(), crc = crc32(plaintext), length = plaintext.length } = frame
  const { header = Uint8Array.of(0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255) } = frame
  return encodeHex(concat(header, fields, deflated, le32(crc), le32(length)))
}

/** The checksum that a header may have of itself (RFC 1952 §2.3.1, FHCRC), from its bytes as hex. */
export const headerChecksum = (header: string): string => encodeHex(le16(crc32(parseHex(header))))
