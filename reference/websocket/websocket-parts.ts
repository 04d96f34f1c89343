import type { Duplex } from 'node:stream'
import type { ServerOptions } from 'ws'
import { SUBPROTOCOL, type PlainErrorCode } from '../../schemas/index.js'
import type { ReceivedMessage, Reply } from '../transport/exchange.js'
import { Pulse, responderTimes } from './pulse.js'

/** Options of a WebSocket server, with one that its types do not name yet. */
export interface SocketOptions extends ServerOptions {
  /** Milliseconds in which the other side has to end a connection that is being closed. */
  readonly closeTimeout?: number
}

/** What a text that goes out is about. */
export interface TextSubject {
  readonly kind: Reply['kind']
  /** The code of a plain error. */
  readonly code?: PlainErrorCode
  /** The message that is answered, where it could be read. */
  readonly message?: ReceivedMessage
  /** The connection on which it is answered; `ended` resolves with its end. */
  readonly connection: { readonly ended: Promise<void> }
}

/** The last step before an answer is framed: sees its text, and may return another, or bytes for a binary message. */
export type TextHook = (text: string, about: TextSubject) => string | Uint8Array | Promise<string | Uint8Array>

/** What a responder decides by itself over WebSocket, so that each can be replaced to make one that is wrong on purpose. */
export interface WebSocketParts {
  /** How the sockets are made: the rules of RFC 6455 and the choice of the subprotocol (ws.subprotocol). */
  readonly socketOptions: (options: SocketOptions) => SocketOptions
  /** The lines of the answer to an upgrade. */
  readonly upgradeHeaders: (lines: readonly string[]) => readonly string[]
  /** The connection below the frames. */
  readonly line: (socket: Duplex) => Duplex
  /** The pulse of a new connection; `now` in monotonic milliseconds, `progress` in bytes. */
  readonly createPulse: (now: number, progress: number) => Pulse
  /** Milliseconds of this machine's time from one look at the connections to the next. */
  readonly sweepMs: number
  /** Made for every connection: when the answer to a message is begun (ws.multiplexed). */
  readonly createTurns: () => <Value>(begin: () => Promise<Value>) => Promise<Value>
  readonly text: TextHook
}

/** The decisions as the specification has them. */
export const webSocketParts: WebSocketParts = {
  socketOptions: options => ({
    ...options,
    handleProtocols: offered => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  }),
  upgradeHeaders: lines => lines,
  line: socket => socket,
  createPulse: (now, progress) => new Pulse(responderTimes, now, progress),
  sweepMs: 1_000,
  createTurns: () => begin => begin(),
  text: text => text,
}
