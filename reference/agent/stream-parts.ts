import type { AuthenticatedErrorCode, SessionMessage, Stream } from '../../schemas/index.js'
import type { ReceivedSessionMessage } from '../message/envelope.js'
import type { GZIP } from './encoding.js'
import type { ResponderStream } from './responder-stream.js'
import type { StreamState } from './stream-state.js'
import type { StreamKey } from './stream-table.js'

/** What a responder says in a stream: a chunk or a control, before it is sealed. */
export interface StreamSend {
  readonly stream: Stream
  readonly plaintext: Uint8Array
  /** How the plaintext is compressed. */
  readonly encoding?: typeof GZIP | undefined
  /** In a last chunk that says an error. */
  readonly error?: AuthenticatedErrorCode
}

/** The stream in which something is said. */
export interface StreamSubject {
  readonly opening: ReceivedSessionMessage
  readonly transport: 'http' | 'ws'
  /** The connection, as a thing to tell it from others. */
  readonly connection: object
}

/** What a responder decides by itself in streams, so that each can be replaced to make one that is wrong on purpose. */
export interface StreamParts {
  /** Whose streams are those of a connection (stream.other-connection). */
  readonly ownerOf: (connection: object) => object
  readonly keyOf: StreamKey
  /** May one more chunk be sent? (stream.credit-respected) */
  readonly maySend: (state: StreamState) => boolean
  /** The credit that the initiator is to have, once so many chunks have been taken (stream.credit-given). */
  readonly creditFor: (taken: number, state: StreamState) => number
  /** Everything that is said in a stream, on its way to be sealed. */
  readonly outgoing: (sends: AsyncIterable<StreamSend>, about: StreamSubject) => AsyncIterable<StreamSend>
  /**
   * Which message of the initiator the chunks and controls name, and whose record they are bound to (stream.response-names):
   * `latest` is the one that came last.
   */
  readonly namedBy: (opening: ReceivedSessionMessage, latest: ReceivedSessionMessage) => ReceivedSessionMessage
  readonly boundTo: (opening: ReceivedSessionMessage, latest: ReceivedSessionMessage) => ReceivedSessionMessage
  /** A control of the initiator says that the answer is not wanted any more (stream.cancel). */
  readonly cancel: (stream: ResponderStream) => void
  /** The session of a live stream has ended (stream.session-closed). */
  readonly sessionEnded: (stream: ResponderStream) => void
  /** A message broke a live stream (stream.violation-contained). */
  readonly violated: (stream: ResponderStream, error: AuthenticatedErrorCode) => void
  /** The one chunk with which a message is answered that opens no stream and names none (stream.error-ends). */
  readonly only: (id: string) => Stream
  /** Has a message that went into a live stream, or a late control, an answer of its own? (stream.no-own-response, stream.control-late) */
  readonly isAnswered: (what: 'continuation' | 'late control', message: SessionMessage) => boolean
}

/** The decisions as the specification has them. */
export const streamParts: StreamParts = {
  ownerOf: connection => connection,
  // The separator does not occur in tokens (conventions.token).
  keyOf: (kid, id) => `${kid}|${id}`,
  maySend: ({ sent, credit }) => sent < credit,
  creditFor: (taken, { window }) => taken + window,
  outgoing: sends => sends,
  namedBy: opening => opening,
  boundTo: opening => opening,
  cancel: stream => stream.fail('cancelled'),
  sessionEnded: stream => stream.fail('cancelled'),
  violated: (stream, error) => stream.fail(error),
  only: id => ({ id, seq: 0, end: true }),
  isAnswered: () => false,
}
