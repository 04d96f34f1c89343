import type { HandshakeResponse, PlainError, SessionResponse } from '../../schemas/index.js'
import type { ReceivedHandshake, ReceivedSessionMessage } from '../message/envelope.js'

/** A message that was read from its bytes. */
export type ReceivedMessage = ReceivedHandshake | ReceivedSessionMessage

/** What a responder says to one message, before a transport gives it its form. */
export type Reply =
  | { readonly kind: 'handshake'; readonly body: HandshakeResponse; readonly message: ReceivedMessage }
  | { readonly kind: 'session'; readonly body: SessionResponse; readonly message: ReceivedMessage }
  | { readonly kind: 'error'; readonly body: PlainError; readonly message?: ReceivedMessage | undefined }

/** What a transport has to say while a message is answered. */
export interface Transport {
  /** Judges what the transport says about the message beside its bytes. @throws SageError */
  readonly judge: (message: ReceivedMessage) => void
  /** Aborted when nobody waits for the reply any longer. */
  readonly signal: AbortSignal
}

/** Answers the bytes of one message. Never rejects: whatever happens, there is a reply. */
export type Exchange = (bytes: Uint8Array, transport: Transport) => Promise<Reply>

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
