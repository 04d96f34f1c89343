import { be64, concat, readBe64 } from '../bytes/framing.js'
import { aeadSize, openAead, sealAead } from '../crypto/aead.js'
import { Refusal } from '../refusal.js'

const SEQ = 8
const HEADER = SEQ + aeadSize.nonce

/** Bytes of the shortest record, that of an empty plaintext. */
export const MIN_RECORD_BYTES = HEADER + aeadSize.tag

/** What a record is sealed from: a key of 32 bytes, a nonce of 12, texts of any length. */
export interface RecordParts {
  readonly key: Uint8Array
  readonly seq: bigint
  readonly nonce: Uint8Array
  readonly callerAad: Uint8Array
  readonly plaintext: Uint8Array
}

/** The AAD of a record: be64(seq) ‖ callerAAD. */
export const recordAad = (seq: bigint, callerAad: Uint8Array): Uint8Array => concat(be64(seq), callerAad)

/**
 * be64(seq) ‖ nonce ‖ ciphertext ‖ tag: 36 bytes more than the plaintext.
 * @throws Refusal `length` on a wrong key or nonce size
 */
export const sealRecord = ({ key, seq, nonce, callerAad, plaintext }: RecordParts): Uint8Array =>
  concat(be64(seq), nonce, sealAead(key, nonce, recordAad(seq, callerAad), plaintext))

/**
 * Sequence number that a record claims.
 * @throws Refusal `length` on fewer than 36 bytes
 */
export const readSeq = (record: Uint8Array): bigint => {
  if (record.length < MIN_RECORD_BYTES) throw new Refusal('length', 'record.min-length')
  return readBe64(record)
}

/** A record that opened. */
export interface OpenedRecord {
  readonly seq: bigint
  readonly plaintext: Uint8Array
}

/**
 * Opens one record by itself, with no memory of others.
 * @throws Refusal `length` on fewer than 36 bytes or a wrong key size, `aead`
 */
export const openRecord = (key: Uint8Array, callerAad: Uint8Array, record: Uint8Array): OpenedRecord => {
  const seq = readSeq(record)
  const nonce = record.subarray(SEQ, HEADER)
  return { seq, plaintext: openAead(key, nonce, recordAad(seq, callerAad), record.subarray(HEADER)) }
}
