import { be64, readBe64 } from '../bytes/integers.js'
import { pack } from '../bytes/pack.js'
import { authenticationFailed } from '../bytes/sage-error.js'
import { sessionParts, type SessionParts } from './parts.js'
import type { Window } from './receive-window.js'

const SEQ_LENGTH = 8
const NONCE_LENGTH = 12
const HEAD_LENGTH = SEQ_LENGTH + NONCE_LENGTH

/** Bytes of the record of an empty plaintext: sequence number, nonce, tag. */
export const MIN_RECORD_LENGTH = HEAD_LENGTH + 16

/** What is sealed into a record. */
export interface SealInput {
  /** 32 bytes, of the sender's direction. */
  readonly key: Uint8Array
  readonly seq: bigint
  /** 12 bytes that were drawn at random for this record. */
  readonly nonce: Uint8Array
  /** What the envelope says (messages.md). */
  readonly callerAad: Uint8Array
  readonly plaintext: Uint8Array
}

/** A record (record.layout): `be64(seq) ‖ nonce ‖ ciphertext ‖ tag`, 36 bytes longer than its plaintext. */
export const sealRecord = (
  { key, seq, nonce, callerAad, plaintext }: SealInput,
  parts: SessionParts = sessionParts,
): Uint8Array =>
  pack('', be64(seq), nonce, parts.sealAead({ key, nonce, aad: parts.recordAad(seq, callerAad) }, plaintext))

/** What a record is opened with. */
export interface OpenInput {
  /** 32 bytes, of the sender's direction. */
  readonly key: Uint8Array
  readonly callerAad: Uint8Array
  readonly record: Uint8Array
}

/** A record that opened. */
export interface OpenedRecord {
  readonly seq: bigint
  readonly plaintext: Uint8Array
}

/**
 * The sequence number that a record claims; nothing vouches for it before the record opens.
 * @throws SageError `authentication_failed` under 36 bytes (record.min-length)
 */
export const readSeq = (record: Uint8Array): bigint => {
  if (record.length < MIN_RECORD_LENGTH) throw authenticationFailed()
  return readBe64(record)
}

/**
 * Opens a record, whatever its number.
 * @throws SageError `authentication_failed` when it is too short (record.min-length) or does not open (record.tag)
 */
export const openRecord = ({ key, callerAad, record }: OpenInput, parts: SessionParts = sessionParts): OpenedRecord => {
  const seq = readSeq(record)
  const nonce = record.subarray(SEQ_LENGTH, HEAD_LENGTH)
  const aad = parts.recordAad(seq, callerAad)
  return { seq, plaintext: parts.openAead({ key, nonce, aad }, record.subarray(HEAD_LENGTH)) }
}

/**
 * Opens a record that arrived in a session: the cheap tests of the window first, then the AEAD, and only then is the
 * number marked. A record that is refused leaves the window as it was (record.failure-leaves-no-trace).
 * @throws SageError `authentication_failed`
 */
export const receiveRecord = (
  input: OpenInput & { readonly window: Window },
  parts: SessionParts = sessionParts,
): OpenedRecord => {
  if (!input.window.check(readSeq(input.record))) throw authenticationFailed()
  const opened = openRecord(input, parts)
  if (!input.window.accept(opened.seq)) throw authenticationFailed()
  return opened
}
