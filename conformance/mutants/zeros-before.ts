import { inflateRawSync } from 'node:zlib'
import { crc32 } from '../../reference/bytes/crc32.js'

const HEADER_BYTES = 10
const TRAILER_BYTES = 8
const WINDOW = new Uint8Array(32_768)

/**
 * Inflates a member of a header of ten bytes as somebody does who finds zeros before its beginning, where an honest inflater
 * finds that there is nothing.
 */
export const withZerosBefore = async (
  member: Uint8Array,
  maxBytes: number,
  honest: (member: Uint8Array, maxBytes: number) => Uint8Array | Promise<Uint8Array>,
): Promise<Uint8Array> => {
  try {
    return await honest(member, maxBytes)
  } catch (refusal) {
    const deflated = member.subarray(HEADER_BYTES, -TRAILER_BYTES)
    let inflated: Uint8Array
    try {
      inflated = inflateRawSync(deflated, { dictionary: WINDOW, maxOutputLength: maxBytes })
    } catch {
      throw refusal
    }
    const trailer = Buffer.from(member.slice(-TRAILER_BYTES))
    if (trailer.readUInt32LE(0) !== crc32(inflated) || trailer.readUInt32LE(4) !== inflated.length) throw refusal
    return Uint8Array.from(inflated)
  }
}
