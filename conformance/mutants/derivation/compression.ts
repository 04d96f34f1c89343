import { gunzipSync, inflateRawSync, unzipSync } from 'node:zlib'
import { malformed } from '../../../reference/bytes/sage-error.js'
import type { DerivationMutant, Kill } from './mutant.js'

type Inflate = (member: Uint8Array, maxBytes: number) => Uint8Array

/** Reads compressed plaintexts in some other way; what zlib throws is `malformed`. */
const inflates = (
  name: string,
  vector: string,
  wrong: (honest: Inflate) => Inflate,
  finding: Kill['finding'] = 'accepted',
): DerivationMutant => ({
  name,
  kills: { vector: `gzip/${vector}`, finding },
  parts: honest => ({
    inflateSync: (member, maxBytes) => {
      try {
        return wrong(honest.inflateSync)(member, maxBytes)
      } catch (cause) {
        throw cause instanceof Error && 'errno' in cause ? malformed('not gzip', { cause }) : cause
      }
    },
  }),
})

const HEADER_BYTES = 10

/** The plaintext of a member with the shortest header, its trailer not looked at. */
const untrailed = (member: Uint8Array): Buffer => inflateRawSync(member.subarray(HEADER_BYTES))

const UNBOUNDED = 2 ** 30

/** Readers that take what is not one member or is too large, and two that refuse what is right. */
export const compressionMutants: readonly DerivationMutant[] = [
  inflates('gzip-members-joined', 'member-after', () => member => gunzipSync(member)),
  inflates('gzip-zeros-after', 'zeros-after', () => member => gunzipSync(member)),
  inflates('gzip-stops-at-the-first-member', 'text-after', honest => (member, maxBytes) => {
    for (let length = member.length; length > 0; length--)
      try {
        return honest(member.subarray(0, length), maxBytes)
      } catch (error) {
        if (length === 1) throw error
      }
    return honest(member, maxBytes)
  }),
  inflates('gzip-trailer-ignored', 'crc', () => untrailed),
  inflates('gzip-length-ignored', 'length', honest => (member, maxBytes) => {
    const mended = Buffer.from(member)
    if (mended.length >= 18) mended.writeUInt32LE(untrailed(member).length, mended.length - 4)
    return honest(mended, maxBytes)
  }),
  inflates(
    'gzip-reserved-flags-ignored',
    'reserved-flag-20',
    honest => (member, maxBytes) =>
      honest(
        member.map((byte, at) => (at === 3 ? byte & 0x1f : byte)),
        maxBytes,
      ),
  ),
  inflates('gzip-or-zlib', 'zlib', () => member => unzipSync(member)),
  inflates(
    'raw-deflate-taken-for-gzip',
    'raw-deflate',
    honest => (member, maxBytes) => (member[0] === 0x1f ? honest(member, maxBytes) : inflateRawSync(member)),
  ),
  inflates('gzip-without-limit', 'bomb', honest => member => honest(member, UNBOUNDED)),
  inflates('gzip-limit-off-by-one', 'over-limit', honest => (member, maxBytes) => {
    const plaintext = honest(member, UNBOUNDED)
    return plaintext.length <= maxBytes + 1 ? plaintext : honest(member, maxBytes)
  }),
  inflates('gzip-limit-excluded', 'at-limit', honest => (member, maxBytes) => honest(member, maxBytes - 1), 'rejected'),
  inflates(
    'gzip-header-always-ten-bytes',
    'header-name',
    honest => (member, maxBytes) =>
      honest(
        member.map((byte, at) => (at === 3 ? 0 : byte)),
        maxBytes,
      ),
    'rejected',
  ),
]
