import { PlainError, SessionMessage, SessionResponse } from '../../../schemas/index.js'
import { encodeBase64, parseBase64 } from '../bytes/base64.js'
import { parseJsonObject } from '../bytes/json.js'
import type { OpenedRecord } from '../session/record.js'
import { sealRecord } from '../session/record.js'
import { requestAad, requestHashOf, responseAad, type RequestFields, type ResponseFields } from './aad.js'
import { parserOf } from './shape.js'

/** What seals a record, beside the envelope around it: a key of 32 bytes, a nonce of 12. */
export interface Sealing {
  readonly key: Uint8Array
  readonly seq: bigint
  readonly nonce: Uint8Array
  readonly plaintext: Uint8Array
}

/** Whatever opens records, such as the `open` of a receiver. */
export type Opening = (record: Uint8Array, callerAad: Uint8Array) => OpenedRecord

/** A session message around the record that is bound to it. Beside the message, the record's bytes, which its answer is bound to. */
export const sealRequest = <Fields extends RequestFields>(
  fields: Fields,
  sealing: Sealing,
): { message: Fields & { payload: string }; record: Uint8Array } => {
  const record = sealRecord({ ...sealing, callerAad: requestAad(fields) })
  return { message: { ...fields, payload: encodeBase64(record) }, record }
}

/** A session response around the record that is bound to it and to the request's record. */
export const sealResponse = <Fields extends ResponseFields>(
  fields: Fields,
  requestRecord: Uint8Array,
  sealing: Sealing,
): { response: Fields & { data: string }; record: Uint8Array } => {
  const record = sealRecord({ ...sealing, callerAad: responseAad(fields, requestHashOf(requestRecord)) })
  return { response: { ...fields, data: encodeBase64(record) }, record }
}

const parseMessage = parserOf<SessionMessage>(SessionMessage)
const parseResponse = parserOf<SessionResponse>(SessionResponse)
const parseError = parserOf<PlainError>(PlainError)

/**
 * A session message from its JSON text.
 * @throws Refusal `encoding` or `schema`
 */
export const parseSessionMessage = (text: Uint8Array | string): SessionMessage => parseMessage(parseJsonObject(text))

/**
 * A session response from its JSON text.
 * @throws Refusal `encoding` or `schema`, on a plain error too
 */
export const parseSessionResponse = (text: Uint8Array | string): SessionResponse => parseResponse(parseJsonObject(text))

/**
 * A plain error from its JSON text.
 * @throws Refusal `encoding` or `schema`
 */
export const parsePlainError = (text: Uint8Array | string): PlainError => parseError(parseJsonObject(text))

/**
 * The record of a session message, opened with what the message says around it.
 * @throws Refusal `encoding` on bad base64, else of `open`
 */
export const openRequestRecord = (message: SessionMessage, open: Opening): OpenedRecord & { record: Uint8Array } => {
  const record = parseBase64(message.payload)
  return { ...open(record, requestAad(message)), record }
}

/**
 * The record of a session response, opened with what the response says around it and the record that it answers. That
 * its members match the pending request is the caller's to see.
 * @throws Refusal `encoding` on bad base64, else of `open`
 */
export const openResponseRecord = (
  response: SessionResponse,
  requestRecord: Uint8Array,
  open: Opening,
): OpenedRecord & { record: Uint8Array } => {
  const record = parseBase64(response.data)
  return { ...open(record, responseAad(response, requestHashOf(requestRecord))), record }
}
