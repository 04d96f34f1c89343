import type { closeCodes } from '../../schemas/index.js'
import type { Guard } from '../bytes/guard.js'
import type { Reading } from '../transport/exchange.js'

/** Why a connection is closed. */
export type CloseReason = keyof typeof closeCodes

/** What the guards see of a message that arrived on a connection. */
export interface IncomingContext {
  readonly isBinary: boolean
  /** What its bytes were read as. */
  readonly reading: Reading
}

/** What has to hold of a message for anybody who receives one. */
export const everyonesGuards: readonly Guard<Pick<IncomingContext, 'isBinary'>, CloseReason>[] = [
  ['ws.binary', ({ isBinary }) => (isBinary ? 'binary' : undefined)],
]

/** What has to hold of a message that it can be answered at all; what breaks it closes the connection. */
export const incomingGuards: readonly Guard<IncomingContext, CloseReason>[] = [
  ...everyonesGuards,
  ['ws.not-json', ({ reading }) => (reading.isJson ? undefined : 'notJson')],
  ['ws.no-id', ({ reading }) => (reading.isJson && reading.id === undefined ? 'noId' : undefined)],
]

/** What the guards see of how busy a connection is, the message that they judge included. */
export interface LoadContext {
  /** Messages that are being answered. */
  readonly requests: number
  /** Bytes of these messages. */
  readonly bytes: number
  readonly caps: ConnectionCaps
}

/** What is answered at once on one connection, at most. */
export interface ConnectionCaps {
  readonly requests: number
  readonly requestBytes: number
}

/** What has to hold that one more message is answered. */
export const loadGuards: readonly Guard<LoadContext>[] = [
  [
    'ws.in-flight',
    ({ requests, bytes, caps }) =>
      requests <= caps.requests && bytes <= caps.requestBytes ? undefined : 'unavailable',
  ],
]
