import { inflateRawSync } from 'node:zlib'
import { Refusal } from '../refusal.js'
import { crc32 } from './crc32.js'

const [FHCRC, FEXTRA, FNAME, FCOMMENT, RESERVED] = [0x02, 0x04, 0x08, 0x10, 0xe0]
const HEADER_BYTES = 10
const TRAILER_BYTES = 8

const requireMember = (holds: boolean): void => {
  if (!holds) throw new Refusal('encoding', 'gzip.one-member')
}

/** Where the zero byte that ends a text is, plus one. */
const afterText = (bytes: Uint8Array, from: number): number => {
  const end = bytes.indexOf(0, from)
  requireMember(end >= 0)
  return end + 1
}

/** Length of the header of a member (RFC 1952 §2.3), its optional fields included. */
const headerLength = (bytes: Uint8Array): number => {
  requireMember(bytes.length >= HEADER_BYTES && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const flags = view.getUint8(3)
  requireMember((flags & RESERVED) === 0)
  let at = HEADER_BYTES
  if (flags & FEXTRA) {
    requireMember(bytes.length >= at + 2)
    at += 2 + view.getUint16(at, true)
  }
  if (flags & FNAME) at = afterText(bytes, at)
  if (flags & FCOMMENT) at = afterText(bytes, at)
  if (flags & FHCRC) at += 2
  requireMember(at <= bytes.length)
  return at
}

const inflate = (deflated: Uint8Array, maxOutputLength: number) => {
  try {
    // With `info` the engine comes with the bytes, and tells how far it has read: the declared type says bytes alone.
    const { buffer, engine } = inflateRawSync(deflated, { maxOutputLength, info: true }) as unknown as {
      readonly buffer: Buffer
      readonly engine: { readonly bytesWritten: number }
    }
    return { inflated: buffer, read: engine.bytesWritten }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new Refusal('length', 'gzip.limit', { cause })
    throw new Refusal('encoding', 'gzip.one-member', { cause })
  }
}

/**
 * What is compressed in `bytes`: exactly one member of RFC 1952, whose CRC-32 and length are right, with nothing after it.
 * Inflating stops at `limit` bytes, 1 or more.
 * @throws Refusal `encoding` (gzip.one-member), `length` (gzip.limit) where more than `limit` bytes come of it
 */
export const parseMember = (bytes: Uint8Array, limit: number): Uint8Array => {
  const deflated = bytes.subarray(headerLength(bytes))
  const { inflated, read } = inflate(deflated, limit)
  requireMember(deflated.length === read + TRAILER_BYTES)
  const trailer = new DataView(deflated.buffer, deflated.byteOffset + read, TRAILER_BYTES)
  requireMember(trailer.getUint32(0, true) === crc32(inflated) && trailer.getUint32(4, true) === inflated.length)
  return inflated
}
