import { encodeBase64 } from '../bytes/base64.js'
import { be32, be64, concat, len16 } from '../bytes/framing.js'
import { encodeHex } from '../bytes/hex.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { sha256 } from '../crypto/hash.js'
import type { requestAadParts, responseAadParts } from '../wire/aad.js'

// What implementers get wrong in the additional data of a record. Most of these stand beside the true values in
// vectors/aad.json and vectors/records.json too.

type RequestParts = ReturnType<typeof requestAadParts>
type ResponseParts = ReturnType<typeof responseAadParts>
type Change<Parts> = (parts: Parts) => Readonly<Record<string, Uint8Array>>

const NOTHING = new Uint8Array(0)

/** Nothing in the place of a part that stands for an absent member: its zeros. */
const ifAbsent = (part: Uint8Array): Uint8Array => (part.every(byte => byte === 0) ? NOTHING : part)

const unbound = <Parts extends object>(names: readonly (keyof Parts & string)[]): Record<string, Change<Parts>> =>
  Object.fromEntries(
    names.map(name => [`${name} is not bound`, (parts: Parts) => ({ ...parts, [name]: NOTHING }) as never]),
  )

const emptied = <Parts extends object>(names: readonly (keyof Parts & string)[]): Record<string, Change<Parts>> =>
  Object.fromEntries(
    names.map(name => [
      `${name} is bound as an empty text`,
      (parts: Parts) => ({ ...parts, [name]: len16('') }) as never,
    ]),
  )

/** Parts that begin with their length, without it. */
const withoutLengths = <Parts extends Readonly<Record<string, Uint8Array>>>(
  parts: Parts,
  names: readonly (keyof Parts & string)[],
): Readonly<Record<string, Uint8Array>> => ({
  ...parts,
  ...Object.fromEntries(names.map(name => [name, parts[name]?.subarray(2) ?? NOTHING])),
})

/** Of callerAAD of a request: each mistake by the words that name it. */
export const requestAadMistakes: Readonly<Record<string, Change<RequestParts>>> = {
  'the label of a response on a request': parts => ({ ...parts, label: encodeUtf8('sage/response|v1') }),
  ...unbound<RequestParts>(['id', 'context_id', 'task_id', 'did', 'kid']),
  'the length of an absent encoding is missing': parts => ({ ...parts, encoding: ifAbsent(parts.encoding) }),
  'nothing in the place of an absent stream': parts => ({ ...parts, stream: ifAbsent(parts.stream) }),
  'nothing in the place of absent metadata': parts => ({ ...parts, metadata: ifAbsent(parts.metadata) }),
  'the lengths are missing': parts => withoutLengths(parts, ['id', 'context_id', 'task_id', 'did', 'kid', 'encoding']),
}

/** The record of a request and its forms, which a response may be bound to in the place of its SHA-256. */
const hashMistakes: Readonly<Record<string, (requestRecord: Uint8Array) => Uint8Array>> = {
  'the hash is over the base64 text of the record': record => sha256(encodeUtf8(encodeBase64(record))),
  'the hash is over the hex text of the record': record => sha256(encodeUtf8(encodeHex(record))),
  'the hash leaves out the sequence number of the record': record => sha256(record.subarray(8)),
  'the hash is over the ciphertext and tag of the record only': record => sha256(record.subarray(20)),
  'the hash is in hex': record => encodeUtf8(encodeHex(sha256(record))),
  'the hash goes in with its length': record => concat(Uint8Array.of(0, 32), sha256(record)),
  'the hash is over nothing': () => sha256(NOTHING),
  'zeros in the place of the hash': () => new Uint8Array(32),
}

/** Of callerAAD of a response to the request of a record: each mistake by the words that name it. */
export const responseAadMistakes = (requestRecord: Uint8Array): Readonly<Record<string, Change<ResponseParts>>> => ({
  'the label of a request on a response': parts => ({ ...parts, label: encodeUtf8('sage/request|v1') }),
  ...unbound<ResponseParts>(['label', 'message_id', 'task_id', 'kid', 'success']),
  ...emptied<ResponseParts>(['message_id', 'task_id', 'kid']),
  'the record of the request is not bound': parts => ({ ...parts, requestHash: NOTHING }),
  ...Object.fromEntries(
    Object.entries(hashMistakes).map(([mistake, hash]) => [
      mistake,
      (parts: ResponseParts) => ({ ...parts, requestHash: hash(requestRecord) }),
    ]),
  ),
  'success as text': parts => ({ ...parts, success: encodeUtf8(String(parts.success[0] === 1)) }),
  'success as text with its length': parts => ({ ...parts, success: len16(String(parts.success[0] === 1)) }),
  'the length of an absent error is missing': parts => ({ ...parts, error: ifAbsent(parts.error) }),
  'the length of an absent encoding is missing': parts => ({ ...parts, encoding: ifAbsent(parts.encoding) }),
  'the lengths of an absent error and encoding are missing': parts => ({
    ...parts,
    error: ifAbsent(parts.error),
    encoding: ifAbsent(parts.encoding),
  }),
  'nothing in the place of an absent stream': parts => ({ ...parts, stream: ifAbsent(parts.stream) }),
  'metadata as in a request': parts => ({ ...parts, stream: concat(parts.stream, Uint8Array.of(0, 0)) }),
  'the lengths are missing': parts => withoutLengths(parts, ['message_id', 'task_id', 'kid', 'error', 'encoding']),
})

/** Of be64(seq) ‖ callerAAD: each mistake by the words that name it. */
export const recordAadMistakes: Readonly<Record<string, (seq: bigint, callerAad: Uint8Array) => Uint8Array>> = {
  'the sequence number is missing from the additional data': (_seq, callerAad) => callerAad,
  'the sequence number in 32 bits in the additional data': (seq, callerAad) =>
    concat(be32(Number(BigInt.asUintN(32, seq))), callerAad),
  'the sequence number in the additional data is little-endian': (seq, callerAad) =>
    concat(be64(seq).reverse(), callerAad),
  'the sequence number stands after the additional data of the caller': (seq, callerAad) =>
    concat(callerAad, be64(seq)),
  'the additional data of the caller is missing': seq => be64(seq),
  'there is no additional data': () => NOTHING,
}
