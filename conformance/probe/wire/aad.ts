import type { SessionMessage, SessionResponse } from '../../../schemas/index.js'
import { be16, be32, concat, len16, u8 } from '../bytes/framing.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { sha256 } from '../crypto/hash.js'

// What the AAD of a message binds. The types are wider than the schemas: a forger's envelope has an AAD too.

/** A stream member of any kind, or of none. */
export interface StreamFields {
  readonly id: string
  readonly seq?: number | undefined
  readonly end?: boolean | undefined
  readonly credit?: number | undefined
  readonly cancel?: boolean | undefined
}

/** The members of a session message that its record is bound to. */
export interface RequestFields extends Readonly<Pick<SessionMessage, 'id' | 'context_id' | 'task_id' | 'did' | 'kid'>> {
  readonly encoding?: string | undefined
  readonly stream?: StreamFields | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

/** The members of a session response that its record is bound to. */
export interface ResponseFields extends Readonly<Pick<SessionResponse, 'message_id' | 'task_id' | 'kid'>> {
  readonly success: boolean
  readonly error?: string | undefined
  readonly encoding?: string | undefined
  readonly stream?: StreamFields | undefined
}

const streamPart = (stream: StreamFields | undefined): Uint8Array => {
  if (!stream) return u8(0)
  const { id, seq, end, credit, cancel } = stream
  return seq === undefined && end === undefined
    ? concat(u8(2), len16(id), be32(credit ?? 0), u8(cancel ?? false))
    : concat(u8(1), len16(id), be32(seq ?? 0), u8(end ?? false))
}

const metadataPart = (metadata: Readonly<Record<string, string>>): Uint8Array => {
  const entries = Object.entries(metadata)
  const byName = entries.sort(([a], [b]) => Buffer.compare(encodeUtf8(a), encodeUtf8(b)))
  return concat(be16(entries.length), ...byName.flatMap(([name, value]) => [len16(name), len16(value)]))
}

/** What callerAAD of a session message is put together from, by name and in this order. */
export const requestAadParts = (fields: RequestFields) => ({
  label: encodeUtf8('sage/request|v1'),
  id: len16(fields.id),
  context_id: len16(fields.context_id),
  task_id: len16(fields.task_id),
  did: len16(fields.did),
  kid: len16(fields.kid),
  encoding: len16(fields.encoding ?? ''),
  stream: streamPart(fields.stream),
  metadata: metadataPart(fields.metadata ?? {}),
})

/** callerAAD of a session message. */
export const requestAad = (fields: RequestFields): Uint8Array => concat(...Object.values(requestAadParts(fields)))

/** SHA-256, 32 bytes, of the record that a response answers. */
export const requestHashOf = (requestRecord: Uint8Array): Uint8Array => sha256(requestRecord)

/** What callerAAD of a session response is put together from, by name and in this order. */
export const responseAadParts = (fields: ResponseFields, requestHash: Uint8Array) => ({
  label: encodeUtf8('sage/response|v1'),
  message_id: len16(fields.message_id),
  task_id: len16(fields.task_id),
  kid: len16(fields.kid),
  success: u8(fields.success),
  error: len16(fields.error ?? ''),
  encoding: len16(fields.encoding ?? ''),
  stream: streamPart(fields.stream),
  requestHash,
})

/** callerAAD of a session response; `requestHash` is {@link requestHashOf} the record that it answers. */
export const responseAad = (fields: ResponseFields, requestHash: Uint8Array): Uint8Array =>
  concat(...Object.values(responseAadParts(fields, requestHash)))
