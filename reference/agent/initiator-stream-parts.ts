import type { Stream } from '../../schemas/index.js'
import type { StreamState } from './stream-state.js'

/** What an initiator decides by itself in streams, so that each can be replaced to make one that is wrong on purpose. */
export interface InitiatorStreamParts {
  /** May a stream be opened with a responder that declares this? (stream.declared) */
  readonly mayOpen: (capabilities: readonly string[]) => boolean
  /** May one more chunk be sent? (stream.credit-respected) */
  readonly maySend: (state: StreamState) => boolean
  /** The credit that the responder is to have, once so many chunks have been taken. */
  readonly creditFor: (taken: number, state: StreamState) => number
  /** What goes out with a chunk or a control, before it is sealed. */
  readonly member: (stream: Stream) => Stream
  /** What comes of a stream whose answers have ended before its last chunk; it succeeds where this does not throw (stream.truncated). */
  readonly cutOff: (cause: unknown) => void
}

/** The decisions as the specification has them. */
export const initiatorStreamParts: InitiatorStreamParts = {
  mayOpen: capabilities => capabilities.includes('stream'),
  maySend: ({ sent, credit }) => sent < credit,
  // Half a window at once, so that a credit does not go with every chunk.
  creditFor: (taken, { window, given }) => (taken + window - given >= window / 2 ? taken + window : given),
  member: stream => stream,
  cutOff: cause => {
    throw cause
  },
}
