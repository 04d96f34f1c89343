import { encodeHex } from '../bytes/hex.js'
import { concat } from '../bytes/concat.js'
import { be32 } from '../bytes/integers.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { sha256 } from '../crypto/sha256.js'

// Every input of the vectors is written in the source or comes from here: no clock, no randomness.

/** `length` bytes that `label` stands for, as hex: SHA-256(label ‖ be32(0)) ‖ SHA-256(label ‖ be32(1)) ‖ …, cut. */
export const fixedBytes = (label: string, length = 32): string => {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, counter) =>
    sha256(concat(encodeUtf8(`sage/vectors|${label}|`), be32(counter))),
  )
  return encodeHex(concat(...blocks)).slice(0, 2 * length)
}

/** Hex of the UTF-8 bytes of a text. */
export const hexOf = (text: string): string => encodeHex(encodeUtf8(text))

/** `byte` repeated, as hex. */
export const repeated = (byte: number, length: number): string => encodeHex(new Uint8Array(length).fill(byte))

/** The bytes `first`, `first + 1`, … as hex. */
export const counting = (first: number, length: number): string =>
  encodeHex(Uint8Array.from({ length }, (_, index) => first + index))

/** `hex` with one bit of one byte turned; a negative place counts from the end. */
export const flipped = (hex: string, place: number, bit = 0x01): string => {
  const bytes = Buffer.from(hex, 'hex')
  const index = place < 0 ? bytes.length + place : place
  bytes.writeUInt8(bytes.readUInt8(index) ^ bit, index)
  return bytes.toString('hex')
}
