// The WebSocket binding's constants (websocket.md): stated once here, read by both stacks, checked against the prose.

/** Why a receiver closes a connection. */
export const closeCodes = {
  /** A frame that RFC 6455 does not allow. */
  protocolError: 1002,
  /** A binary message. */
  binary: 1003,
  /** Text that is not UTF-8, or has not been read as a JSON object. */
  notJson: 1007,
  /** A JSON object without a valid `id`, or a connection on which no message was accepted in time. */
  noId: 1008,
  /** A message of more than `maxMessageBytes`. */
  tooLarge: 1009,
} as const

/** A code with which a receiver closes a connection. */
export type CloseCode = (typeof closeCodes)[keyof typeof closeCodes]

/** Subprotocol of the binding. */
export const SUBPROTOCOL = 'sage.v1'

/** Frames in which a message has to be accepted. */
export const MAX_MESSAGE_FRAMES = 1024

/** Seconds from the opening of a connection to the first message that is accepted. */
export const FIRST_MESSAGE_SECONDS = 30

/** Seconds from one ping of the responder to the next, at most. */
export const PING_SECONDS = 30

/** Seconds after a ping in which something has to arrive. */
export const PONG_SECONDS = 20

/** Milliseconds that an echo may be asked to wait. */
export const MAX_ECHO_DELAY_MS = 9999
