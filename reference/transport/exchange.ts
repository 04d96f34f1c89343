import type { BatchResponse, HandshakeResponse, PlainError, SessionResponse } from '../../schemas/index.js'
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
  | StreamReply
  | { readonly kind: 'none'; readonly message: ReceivedMessage }

/** What a responder says in a stream: many responses, made one at a time when they are asked for. */
export interface StreamReply {
  readonly kind: 'stream'
  /** A plain error, which is then the last, where nothing can be sealed any more. Does not fail. */
  readonly responses: AsyncIterable<SessionResponse | PlainError>
  readonly message: ReceivedMessage
}

/** A reply that is there as a whole. */
export type WholeReply = Extract<Reply, { readonly body: object }>

/** Is this message no beginning: a control, or a further chunk of a stream? */
export const isContinuation = (message: ReceivedMessage): boolean => {
  const stream = message.kind === 'session' ? message.message.stream : undefined
  return stream !== undefined && !('seq' in stream && stream.seq === 0)
}

/** What a responder says to a batch: to each of its messages, or to none. */
export type BatchReply = { readonly kind: 'batch'; readonly body: BatchResponse } | Extract<Reply, { kind: 'error' }>

/** How a message came, and who waits for the reply. */
export interface Arrival {
  readonly transport: 'http' | 'ws'
  /** When it came, where that was before it is to be answered: milliseconds of a clock that never goes back. */
  readonly arrivedAt?: number
  /** The connection, as a thing to tell it from others. Streams belong to one. */
  readonly connection: object
  /** Judges what the transport says about the message beside its bytes. @throws SageError */
  readonly judge: (message: ReceivedMessage) => void
  /** Told as soon as the message has been accepted: its handshake is answered, or its record has opened. */
  readonly accepted: () => void
  /** Told as soon as the message has done what others may have to wait for: its task has been called. */
  readonly begun?: () => void
  /**
   * May a session response of `bytes` go where it has to go? One of `least` bytes may in any case. Asked once, when the answer
   * is known; without it the limit of messages decides.
   */
  readonly fits?: (bytes: number, least: number) => Promise<boolean>
  /** Aborted when nobody waits for the reply any longer. Made when it is asked for: most tasks never look. */
  readonly signal: () => AbortSignal
}

/** What answers messages. No step fails: whatever happens, there is a reply. */
export interface Exchange {
  /** Reads the bytes of one message as JSON. */
  read(bytes: Uint8Array): Reading
  /** Answers what was read. */
  answer(reading: Reading, arrival: Arrival): Promise<Reply>
  /** Told of a message that was read, and is not to be answered. */
  unanswered(reading: Reading): void
  /** Answers what was read as a batch. `arrival.judge` is not asked: nothing beside its bytes says anything about it. */
  answerBatch(reading: Reading, arrival: Arrival): Promise<BatchReply>
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
