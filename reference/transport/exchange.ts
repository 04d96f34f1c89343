import type { HandshakeResponse, PlainError, SessionResponse } from '../../schemas/index.js'
import type { JsonObject } from '../bytes/json.js'
import type { ReceivedHandshake, ReceivedSessionMessage } from '../message/envelope.js'

/** A message that was read from its bytes. */
export type ReceivedMessage = ReceivedHandshake | ReceivedSessionMessage

/** What the bytes of a message were read as: a JSON object, with its `id` where that is a token, or nothing. */
export type Reading =
  | { readonly isJson: true; readonly value: JsonObject; readonly id: string | undefined }
  | { readonly isJson: false; readonly refusal: unknown }

/** What a responder says to one message, before a transport gives it its form. */
export type Reply =
  | { readonly kind: 'handshake'; readonly body: HandshakeResponse; readonly message: ReceivedMessage }
  | { readonly kind: 'session'; readonly body: SessionResponse; readonly message: ReceivedMessage }
  | { readonly kind: 'error'; readonly body: PlainError; readonly message?: ReceivedMessage | undefined }

/** How a message came, and who waits for the reply. */
export interface Arrival {
  readonly transport: 'http' | 'ws'
  /** What it came on, where that carries more than one message. */
  readonly connection?: object
  /** Judges what the transport says about the message beside its bytes. @throws SageError */
  readonly judge: (message: ReceivedMessage) => void
  /** Told as soon as the message has been accepted: its handshake is answered, or its record has opened. */
  readonly accepted: () => void
  /** Aborted when nobody waits for the reply any longer. */
  readonly signal: AbortSignal
}

/** What answers messages. Neither step fails: whatever happens, there is a reply. */
export interface Exchange {
  /** Reads the bytes of one message as JSON. */
  read(bytes: Uint8Array): Reading
  /** Answers what was read. */
  answer(reading: Reading, arrival: Arrival): Promise<Reply>
}

/** The members of a message that its headers may repeat. */
export interface MessageNames {
  readonly id: string
  readonly contextId: string
  readonly taskId: string
  readonly did: string
}

/** Those members, whichever kind the message is. */
export const namesOf = (message: ReceivedMessage): MessageNames => {
  if (message.kind === 'handshake') return message
  const { id, context_id: contextId, task_id: taskId, did } = message.message
  return { id, contextId, taskId, did }
}
