import { MAX_MESSAGE_FRAMES } from '../../schemas/index.js'
import { isSageError, SageError } from '../bytes/sage-error.js'
import type { Answer, Channel, ChannelOptions, Conversation, OutgoingMessage, Transport } from '../transport/channel.js'
import { withDeadline } from '../transport/deadline.js'
import { channelParts, type ChannelParts } from './channel-parts.js'
import { ClientConnection } from './client-connection.js'

/** Milliseconds in which the other end has to answer a close frame. */
const CLOSE_MS = 1_000

/** One connection at a time; the next message after it was lost makes another. */
class WebSocketChannel implements Channel {
  readonly isDuplex = true
  private connection: ClientConnection | undefined
  private isClosed = false

  constructor(
    private readonly endpoint: URL,
    private readonly options: ChannelOptions,
    private readonly parts: ChannelParts,
  ) {}

  exchange({ id, body, timeoutMs, signal }: OutgoingMessage): Promise<Answer> {
    const ask = async (signal: AbortSignal): Promise<Answer> => {
      const connection = await this.connect()
      // Who has given up meanwhile wants nothing sent.
      signal.throwIfAborted()
      return connection.request(id, body, signal)
    }
    return withDeadline(ask, { timeoutMs, signal })
  }

  converse({ id, body, timeoutMs, signal }: OutgoingMessage): Promise<Conversation> {
    const begin = async (signal: AbortSignal): Promise<Conversation> => {
      const connection = await this.connect()
      signal.throwIfAborted()
      return connection.converse(id, body)
    }
    return withDeadline(begin, { timeoutMs, signal })
  }

  /** A connection on which messages may be sent. @throws SageError `unreachable` */
  async connect(): Promise<ClientConnection> {
    if (this.isClosed) throw new SageError('unreachable', 'the channel is closed; nothing was sent')
    if (this.connection === undefined || this.connection.isOver) this.connection = this.dial()
    const { connection } = this
    await connection.opened
    return connection
  }

  async close(): Promise<void> {
    this.isClosed = true
    await this.connection?.close()
  }

  private dial(): ClientConnection {
    const { maxMessageBytes, timeoutMs } = this.options
    const socket = this.parts.createSocket(this.endpoint, {
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
      maxFragments: MAX_MESSAGE_FRAMES,
      handshakeTimeout: timeoutMs,
      closeTimeout: CLOSE_MS,
    })
    return new ClientConnection(socket, this.options, this.parts)
  }
}

/** The WebSocket binding with parts that are given; everybody else takes {@link webSocketTransport}. */
export const createWebSocketTransport = (parts: ChannelParts): Transport => ({
  name: 'ws',
  schemes: ['ws', 'wss'],
  open: async (endpoint, options) => {
    const channel = new WebSocketChannel(endpoint, options, parts)
    try {
      await withDeadline(() => channel.connect(), options)
      return channel
    } catch (cause) {
      await channel.close()
      if (!isSageError(cause, 'timeout')) throw cause
      throw new SageError('unreachable', 'no connection could be made in time; nothing was sent', { cause })
    }
  },
})

/** The WebSocket binding: all messages go over one connection to the endpoint. */
export const webSocketTransport: Transport = createWebSocketTransport(channelParts)
