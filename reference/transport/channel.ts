/** A message on its way to a responder. */
export interface OutgoingMessage {
  /** Its `id`, which no other message in flight on the channel has (message.id-unique). */
  readonly id: string
  /** The message, as UTF-8. */
  readonly body: Uint8Array
  /** Milliseconds in which the answer has to be there. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** Several messages on their way to a responder, in one piece. */
export type OutgoingBatch = Omit<OutgoingMessage, 'id'>

/** What came back. */
export interface Answer {
  readonly body: Uint8Array
  /** Of HTTP; other transports have none. */
  readonly status?: number
}

/** A way to one responder that carries any number of messages at once. */
export interface Channel {
  /**
   * Sends a message, once (message.no-resend), and gives what answers it.
   * @throws SageError `unreachable` when there was no connection and none could be made, or when one ended before anything of
   * the message had left: nothing was sent; `timeout`, `aborted`, `connection_lost`, or `peer_rejected` for an answer that is
   * too large
   */
  exchange(message: OutgoingMessage): Promise<Answer>
  /**
   * Sends a batch, once, and gives what answers it, where the transport has batches.
   * @throws SageError as `exchange`
   */
  exchangeBatch?(batch: OutgoingBatch): Promise<Answer>
  /**
   * Sends a message, once, and listens to all that answers it, where the transport has conversations: a plain error that
   * answers a message whose `id` begins with this one's and a colon is among that.
   * @throws SageError `unreachable`, `timeout`, `aborted`: nothing was sent
   */
  converse?(opening: OutgoingMessage): Promise<Conversation>
  /** May further messages follow the one that opens a conversation? */
  readonly isDuplex?: boolean
  /** Ends the connections that are its own. Its messages without an answer fail. Does not reject. */
  close(): Promise<void>
}

/** What comes of a message that many messages answer, and that others may follow. */
export interface Conversation {
  /**
   * The next answer; undefined where there are no more: the body has ended, or {@link end} was called. Not to be called
   * again before it has resolved.
   * @throws SageError `unreachable` when nothing was sent, `connection_lost`, or `peer_rejected` for an answer that is too
   * large
   */
  next(): Promise<Answer | undefined>
  /**
   * Sends a further message. Resolves when there is room for one more.
   * @throws SageError `connection_lost`, and `configuration` where a conversation has one message only
   */
  send(message: Uint8Array): Promise<void>
  /** Nobody waits for answers any more. */
  end(): void
}

/** A channel with conversations. */
export type ConversationChannel = Channel & Required<Pick<Channel, 'converse'>>

/** Has this channel conversations? */
export const hasConversations = (channel: Channel): channel is ConversationChannel => channel.converse !== undefined

/** A channel with batches. */
export type BatchChannel = Channel & Required<Pick<Channel, 'exchangeBatch'>>

/** Has this channel batches? */
export const hasBatches = (channel: Channel): channel is BatchChannel => channel.exchangeBatch !== undefined

/** What a channel is opened with. */
export interface ChannelOptions {
  /** Bytes that an answer may have. */
  readonly maxMessageBytes: number
  /** The `message_id` of an answer, where it can be read: tells which message it answers. */
  readonly messageIdOf: (answer: Uint8Array) => string | undefined
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number
  /** Milliseconds in which it has to be open. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** A way in which messages are carried. Whoever has another one than those built in brings one of these. */
export interface Transport {
  /** Name for people, and for `session.transport`. */
  readonly name: string
  /** Schemes of the endpoints that it reaches, without the colon. */
  readonly schemes: readonly string[]
  /**
   * Opens a channel to an endpoint. It may put off connecting to the first message, which then may be `unreachable`.
   * @throws SageError `unreachable` when no connection can be made in time, `aborted`
   */
  open(endpoint: URL, options: ChannelOptions): Promise<Channel>
}
