import type { Metadata, SessionMessage, SessionResponse, Stream } from '../../schemas/index.js'
import { concat } from '../bytes/concat.js'
import { be16, be32, len16, u8 } from '../bytes/integers.js'
import { pack } from '../bytes/pack.js'
import type { MessageParts } from './parts.js'

// What a record binds (messages.md): everything that the envelope around it says.

/** The labels that begin the caller's part of the additional data. */
export interface MessageLabels {
  readonly request: string
  readonly response: string
}

/** The labels as the specification has them. */
export const messageLabels: MessageLabels = { request: 'sage/request|v1', response: 'sage/response|v1' }

/** What the record of a request binds. */
export type RequestEnvelope = Omit<SessionMessage, 'payload'>

/** What the record of a response binds, beside the record of the request that it answers. */
export type ResponseEnvelope = SessionResponse extends infer Response
  ? Response extends SessionResponse
    ? Omit<Response, 'data'>
    : never
  : never

/** `S`. */
export const encodeStream = (stream: Stream | undefined): Uint8Array => {
  if (stream === undefined) return u8(0)
  if ('seq' in stream) return concat(u8(1), len16(stream.id), be32(stream.seq), u8(Number(stream.end)))
  if ('credit' in stream) return concat(u8(2), len16(stream.id), be32(stream.credit), u8(0))
  return concat(u8(2), len16(stream.id), be32(0), u8(1))
}

/** `M`. Names are ASCII by their schema, so that the order of strings is that of their bytes. */
export const encodeMetadata = (metadata: Metadata = {}): Uint8Array => {
  const names = Object.keys(metadata).sort()
  return pack('', be16(names.length), ...names.flatMap(name => [name, metadata[name]!]))
}

/** `callerAAD(request)` (message.request-aad). */
export const requestAad = (message: RequestEnvelope, parts: MessageParts): Uint8Array =>
  pack(
    parts.messageLabels.request,
    message.id,
    message.context_id,
    message.task_id,
    message.did,
    message.kid,
    message.encoding ?? '',
    parts.encodeStream(message.stream),
    parts.encodeMetadata(message.metadata),
  )

/** The hash (32 bytes) by which a response names the record of the request that it answers. */
export const requestHash = (requestRecord: Uint8Array, parts: MessageParts): Uint8Array => parts.sha256(requestRecord)

/** `callerAAD(response)` (message.response-aad), from the envelope and the {@link requestHash}. */
export const responseAad = (response: ResponseEnvelope, requestHash: Uint8Array, parts: MessageParts): Uint8Array =>
  pack(
    parts.messageLabels.response,
    response.message_id,
    response.task_id,
    response.kid,
    u8(Number(response.success)),
    response.success ? '' : response.error,
    response.encoding ?? '',
    parts.encodeStream(response.stream),
    requestHash,
  )
