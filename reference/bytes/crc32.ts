import * as zlib from 'node:zlib'

const POLYNOMIAL = 0xedb88320

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1
  return remainder
})

/** CRC-32 of RFC 1952 §8, for a Node.js that has none of its own. */
export const tabledCrc32 = (bytes: Uint8Array): number => {
  let crc = 0xffffffff
  for (const byte of bytes) crc = table[(crc ^ byte) & 0xff]! ^ (crc >>> 8)
  return ~crc >>> 0
}

/** CRC-32 of RFC 1952 §8, from 0 to 2³² − 1. Node.js has it from 20.15 on, ten times faster. */
export const crc32: (bytes: Uint8Array) => number =
  (zlib as { readonly crc32?: (bytes: Uint8Array) => number }).crc32 ?? tabledCrc32
