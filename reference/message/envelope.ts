import {
  HandshakeMessage,
  HandshakeResponse,
  PlainError,
  SessionMessage,
  SessionResponse,
} from '../../schemas/index.js'
import type { JsonObject } from '../bytes/json.js'
import { schemaParser } from '../bytes/schema.js'
import { isToken } from '../bytes/token.js'
import type { ReceivedRequest } from '../handshake/accept.js'
import { messageParts, type MessageParts } from './parts.js'

// Two steps, so that an error can name a message whose form is wrong: bytes to a JSON object (`parts.parseJson`), and the
// object to a message. `kid` decides which kind it is.

/** A handshake message as received. */
export interface ReceivedHandshake extends ReceivedRequest {
  readonly kind: 'handshake'
}

/** A session message as received. */
export interface ReceivedSessionMessage {
  readonly kind: 'session'
  readonly message: SessionMessage
  /** The bytes of its `payload`. */
  readonly record: Uint8Array
}

const parseHandshakeMessage = schemaParser(HandshakeMessage, 'handshake message')
const parseSessionMessage = schemaParser(SessionMessage, 'session message')

/**
 * A message to a responder (message.schema).
 * @throws SageError `malformed`
 */
export const parseMessage = (
  value: JsonObject,
  parts: MessageParts = messageParts,
): ReceivedHandshake | ReceivedSessionMessage => {
  if (Object.hasOwn(value, 'kid')) {
    const message = parseSessionMessage(value)
    return { kind: 'session', message, record: parts.parseBase64(message.payload) }
  }
  const message = parseHandshakeMessage(value)
  return {
    kind: 'handshake',
    id: message.id,
    contextId: message.context_id,
    taskId: message.task_id,
    did: message.did,
    payloadBytes: parts.parseBase64(message.payload),
    signature: parts.parseBase64(message.signature, 64),
  }
}

/** The `id` that an error may repeat (error.message-id): that of a message with a valid one, whatever else is wrong with it. */
export const readId = (value: JsonObject): string | undefined => readToken(value, 'id')

/** The `message_id` of a response, whatever else is wrong with it. */
export const readMessageId = (value: JsonObject): string | undefined => readToken(value, 'message_id')

const readToken = (value: JsonObject, name: string): string | undefined => {
  const token = Object.hasOwn(value, name) ? value[name] : undefined
  return isToken(token) ? token : undefined
}

/** What a responder may answer. */
export type ReceivedResponse =
  | { readonly kind: 'handshake'; readonly response: HandshakeResponse; readonly dataBytes: Uint8Array }
  | { readonly kind: 'session'; readonly response: SessionResponse; readonly record: Uint8Array }
  | { readonly kind: 'plain'; readonly response: PlainError }

const parseHandshakeResponse = schemaParser(HandshakeResponse, 'handshake response')
const parseSessionResponse = schemaParser(SessionResponse, 'session response')
const parsePlainError = schemaParser(PlainError, 'plain error')

/**
 * An answer to an initiator: with `kid` a session response, without it a handshake response or, where `success` is
 * not true, a plain error.
 * @throws SageError `malformed`
 */
export const parseResponse = (value: JsonObject, parts: MessageParts = messageParts): ReceivedResponse => {
  if (Object.hasOwn(value, 'kid')) {
    const response = parseSessionResponse(value)
    return { kind: 'session', response, record: parts.parseBase64(response.data) }
  }
  if (value['success'] !== true) return { kind: 'plain', response: parsePlainError(value) }
  const response = parseHandshakeResponse(value)
  return { kind: 'handshake', response, dataBytes: parts.parseBase64(response.data) }
}
