import { constants, gunzipSync, inflateRawSync } from 'node:zlib'
import { malformed } from '../../../reference/bytes/sage-error.js'
import { withZerosBefore } from '../zeros-before.js'
import { initiator, mutant, parts, type Fault, type InitiatorMutant } from './mutant.js'

type Inflate = (member: Uint8Array, maxBytes: number) => Uint8Array | Promise<Uint8Array>

/** Reads compressed answers in some other way; what zlib throws is `malformed`. */
const inflates = (wrong: (honest: Inflate) => Inflate): Fault =>
  parts(honest => ({
    inflate: async (member, maxBytes) => {
      try {
        return Uint8Array.from(await wrong(honest.inflate)(member, maxBytes))
      } catch (cause) {
        throw cause instanceof Error && 'errno' in cause ? malformed('not gzip', { cause }) : cause
      }
    },
  }))

const HEADER_BYTES = 10
const UNBOUNDED = 2 ** 30

/** Initiators that are wrong in what they compress, or in what they take for compressed. */
export const gzipMutants: readonly InitiatorMutant[] = [
  mutant(
    'initiator-compresses-for-anybody',
    ['gzip.declared'],
    initiator(() => ({ requestEncoding: wished => wished })),
  ),
  mutant(
    'initiator-gzip-members-joined',
    ['gzip.one-member/initiator'],
    inflates(() => member => gunzipSync(member)),
  ),
  mutant(
    'initiator-gzip-with-zeros-before-the-beginning',
    ['gzip.one-member/initiator'],
    inflates(honest => (member, maxBytes) => withZerosBefore(member, maxBytes, honest)),
  ),
  mutant(
    'initiator-gzip-cut-short',
    ['gzip.one-member/initiator'],
    inflates(() => member => gunzipSync(member, { finishFlush: constants.Z_SYNC_FLUSH })),
  ),
  mutant(
    'initiator-gzip-trailer-ignored',
    ['gzip.one-member/initiator'],
    inflates(() => member => inflateRawSync(member.subarray(HEADER_BYTES))),
  ),
  mutant(
    'initiator-gzip-or-not',
    ['gzip.one-member/initiator'],
    inflates(honest => async (member, maxBytes) => (member[0] === 0x1f ? honest(member, maxBytes) : member)),
  ),
  mutant(
    'initiator-gzip-without-limit',
    ['gzip.limit/initiator'],
    inflates(honest => member => honest(member, UNBOUNDED)),
  ),
]
