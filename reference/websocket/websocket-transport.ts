import { MAX_MESSAGE_FRAMES } from '../../schemas/index.js'
import { isSageError, SageError } from '../bytes/sage-error.js'
import type { ChannelOptions, Transport } from '../transport/channel.js'
import { withDeadline } from '../transport/deadline.js'
import { unshared, type Sharing } from '../transport/shared.js'
import { channelParts, type ChannelParts } from './channel-parts.js'
import { ClientConnection } from './client-connection.js'
import { ConnectionPool } from './connection-pool.js'
import { WebSocketChannel } from './websocket-channel.js'

/** How many connections there may be to an endpoint, and how long they last. */
export interface PoolOptions {
  /** Connections at most. */
  readonly connections: number
  /** Milliseconds after which a connection ends on which nobody waits for an answer. */
  readonly idleMs: number
  /** Milliseconds in which a connection has to be made. */
  readonly connectMs: number
}

/** What is kept of connections where nobody says otherwise. */
export const poolOptions: PoolOptions = { connections: 8, idleMs: 60_000, connectMs: 10_000 }

/** Milliseconds in which the other end has to answer a close frame. */
const CLOSE_MS = 1_000

const poolOf = (endpoint: URL, channel: ChannelOptions, parts: ChannelParts, options: PoolOptions): ConnectionPool => {
  const { maxMessageBytes, timeoutMs, messageIdOf, monotonic } = channel
  const { connections, idleMs, connectMs } = options
  const dial = (): ClientConnection => {
    const socket = parts.createSocket(endpoint, {
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
      maxFragments: MAX_MESSAGE_FRAMES,
      handshakeTimeout: Math.min(timeoutMs, connectMs),
      closeTimeout: CLOSE_MS,
    })
    return new ClientConnection(socket, { messageIdOf, monotonic, idleMs }, parts)
  }
  return new ConnectionPool(dial, connections)
}

/**
 * The WebSocket binding.
 * @param parts those that are not {@link channelParts} make an initiator that is wrong on purpose
 * @param pools connections by endpoint and limit, that all channels share which are opened with them
 */
export const createWebSocketTransport = (
  parts: ChannelParts = channelParts,
  pools: Sharing<ConnectionPool> = unshared(),
  options: PoolOptions = poolOptions,
): Transport => ({
  name: 'ws',
  schemes: ['ws', 'wss'],
  open: async (endpoint, asked) => {
    const name = `${asked.maxMessageBytes} ${endpoint.href}`
    const channel = new WebSocketChannel(pools.lease(name, () => poolOf(endpoint, asked, parts, options)))
    try {
      await withDeadline(() => channel.connect(), asked)
      return channel
    } catch (cause) {
      await channel.close()
      if (!isSageError(cause, 'timeout')) throw cause
      throw new SageError('unreachable', 'no connection could be made in time; nothing was sent', { cause })
    }
  },
})

/** The WebSocket binding with connections of its own for every channel. */
export const webSocketTransport: Transport = createWebSocketTransport()
