import { gzip, inflateRaw, inflateRawSync, type InputType, type ZlibOptions } from 'node:zlib'
import { crc32 } from '../bytes/crc32.js'
import { malformed, SageError } from '../bytes/sage-error.js'

// The member of RFC 1952 is taken apart here, and only the deflated data in it is left to zlib: its own reader of gzip goes on
// to further members, and overlooks what comes after the last.

const FIXED_HEADER_BYTES = 10
const TRAILER_BYTES = 8
const FLAG = { headerCrc: 0x02, extra: 0x04, name: 0x08, comment: 0x10, reserved: 0xe0 }

/** Bytes in which one call of zlib gives what it has inflated. */
const CHUNK_BYTES = 65_536

const readLe16 = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8)

const readLe32 = (bytes: Uint8Array, at: number): number =>
  (readLe16(bytes, at) | (readLe16(bytes, at + 2) << 16)) >>> 0

const afterZero = (bytes: Uint8Array, from: number): number => {
  const zero = bytes.indexOf(0, from)
  if (zero < 0) throw malformed('gzip: the header does not end')
  return zero + 1
}

/** Bytes of a member's header (RFC 1952 §2.3). @throws SageError `malformed` */
const headerLength = (member: Uint8Array): number => {
  const flags = member[3] ?? 0
  if (member.length < FIXED_HEADER_BYTES) throw malformed('gzip: the header does not end')
  if (member[0] !== 0x1f || member[1] !== 0x8b || member[2] !== 8 || flags & FLAG.reserved)
    throw malformed('gzip: not a member')
  let at = FIXED_HEADER_BYTES
  if (flags & FLAG.extra) at += at + 2 <= member.length ? 2 + readLe16(member, at) : 2
  if (flags & FLAG.name) at = afterZero(member, at)
  if (flags & FLAG.comment) at = afterZero(member, at)
  if (flags & FLAG.headerCrc) {
    if (at + 2 <= member.length && readLe16(member, at) !== (crc32(member.subarray(0, at)) & 0xffff))
      throw malformed('gzip: the checksum of the header is wrong')
    at += 2
  }
  return at
}

interface InfoOptions extends ZlibOptions {
  readonly info: true
}

interface Inflated {
  readonly buffer: Uint8Array
  /** It has read as many bytes as it has been written. */
  readonly engine: { readonly bytesWritten: number }
}

// With the option `info` there is more than the types say.
const inflateRawWithInfo = inflateRaw as unknown as (
  from: InputType,
  options: InfoOptions,
  done: (error: Error | null, result: Inflated) => void,
) => void
const inflateRawSyncWithInfo = inflateRawSync as unknown as (from: InputType, options: InfoOptions) => Inflated

const optionsFor = (maxBytes: number): InfoOptions => ({
  info: true,
  maxOutputLength: maxBytes,
  chunkSize: CHUNK_BYTES,
})

const refusal = (cause: unknown): SageError =>
  (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    ? new SageError('payload_too_large', 'gzip: more than there may be')
    : malformed('gzip: the data is damaged', { cause })

/** The bytes of a Buffer as nothing more than bytes, for whoever slices them. */
const plainBytes = ({ buffer, byteOffset, length }: Uint8Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, length)

/** What was inflated, if it is what the rest of the member says. @throws SageError `malformed` */
const checked = (body: Uint8Array, { buffer: plaintext, engine: { bytesWritten: end } }: Inflated): Uint8Array => {
  if (end + TRAILER_BYTES !== body.length) throw malformed('gzip: not exactly one member')
  if (readLe32(body, end) !== crc32(plaintext)) throw malformed('gzip: the checksum is wrong')
  if (readLe32(body, end + 4) !== plaintext.length % 2 ** 32) throw malformed('gzip: the length is wrong')
  return plainBytes(plaintext)
}

const bodyOf = (member: Uint8Array): Uint8Array => member.subarray(headerLength(member))

/**
 * Inflates a plaintext with `encoding` `gzip`: exactly one member of RFC 1952, and nothing after it. Works beside the event
 * loop, and in memory that `maxBytes` bounds.
 * @param maxBytes of the result, 1 or more, inclusive
 * @throws SageError `malformed` (gzip.one-member), `payload_too_large` (gzip.limit)
 */
export const inflate = async (member: Uint8Array, maxBytes: number): Promise<Uint8Array> => {
  const body = bodyOf(member)
  const inflated = await new Promise<Inflated>((resolve, reject) => {
    inflateRawWithInfo(body, optionsFor(maxBytes), (error, result) =>
      error === null ? resolve(result) : reject(refusal(error)),
    )
  })
  return checked(body, inflated)
}

/** {@link inflate} for whoever has nothing else to do meanwhile. @throws SageError as it does */
export const inflateSync = (member: Uint8Array, maxBytes: number): Uint8Array => {
  const body = bodyOf(member)
  let inflated: Inflated
  try {
    inflated = inflateRawSyncWithInfo(body, optionsFor(maxBytes))
  } catch (error) {
    throw refusal(error)
  }
  return checked(body, inflated)
}

/** Compresses a plaintext into one member of RFC 1952. Works beside the event loop. */
export const deflate = (plaintext: Uint8Array): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    gzip(plaintext, (error, member) => (error === null ? resolve(plainBytes(member)) : reject(error)))
  })
