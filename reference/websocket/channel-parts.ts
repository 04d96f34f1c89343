import type { ClientOptions, WebSocket } from 'ws'
import { SUBPROTOCOL } from '../../schemas/index.js'
import type { Guard } from '../bytes/guard.js'
import { everyonesGuards, type CloseReason, type IncomingContext } from './incoming-guards.js'
import { PongSocket } from './pong-socket.js'
import { responderTimes, type PulseTimes } from './pulse.js'
import type { SocketOptions } from './websocket-parts.js'

/** What an initiator decides by itself over WebSocket, so that each can be replaced to make one that is wrong on purpose. */
export interface ChannelParts {
  /** A socket that is about to connect (ws.offer, ws.offer-no-extension). */
  readonly createSocket: (url: URL, options: ClientOptions & Pick<SocketOptions, 'closeTimeout'>) => WebSocket
  /** May messages be sent where this subprotocol was selected, or none ('')? (ws.selected) */
  readonly isSelected: (protocol: string) => boolean
  /** What has to hold of a message that arrives; what breaks it closes the connection. */
  readonly incomingGuards: readonly Guard<Pick<IncomingContext, 'isBinary'>, CloseReason>[]
  /** Does a message go as binary? (ws.text) */
  readonly sendsBinary: boolean
  readonly times: PulseTimes
  /** Milliseconds of this machine's time from one look at a connection to the next. */
  readonly sweepMs: number
}

/** The decisions as the specification has them. */
export const channelParts: ChannelParts = {
  createSocket: (url, options) => new PongSocket(url, SUBPROTOCOL, options),
  isSelected: protocol => protocol === SUBPROTOCOL,
  incomingGuards: everyonesGuards,
  sendsBinary: false,
  times: { ...responderTimes, firstMessageMs: Infinity },
  sweepMs: 1_000,
}
