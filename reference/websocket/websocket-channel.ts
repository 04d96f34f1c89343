import { isSageError, SageError } from '../bytes/sage-error.js'
import type { Answer, Channel, Conversation, OutgoingMessage } from '../transport/channel.js'
import { endAll, withDeadline, type UnderWay } from '../transport/deadline.js'
import type { Lease } from '../transport/shared.js'
import type { ClientConnection } from './client-connection.js'
import type { Asker, ConnectionPool } from './connection-pool.js'

/** A way to one endpoint, over the connections of a pool. The next message after a connection was lost goes by another. */
export class WebSocketChannel implements Channel {
  readonly isDuplex = true
  private readonly underWay: UnderWay = new Set()
  private kept: ClientConnection | undefined
  private joining = 0
  private isClosed = false

  constructor(private readonly pool: Lease<ConnectionPool>) {}

  exchange({ id, body, timeoutMs, signal }: OutgoingMessage): Promise<Answer> {
    const ask = (signal: AbortSignal): Promise<Answer> =>
      this.use(id, async connection => {
        // Who has given up meanwhile wants nothing sent.
        signal.throwIfAborted()
        return connection.request(id, body, this, signal)
      })
    return withDeadline(ask, { timeoutMs, signal }, this.underWay)
  }

  converse({ id, body, timeoutMs, signal }: OutgoingMessage): Promise<Conversation> {
    const begin = (signal: AbortSignal): Promise<Conversation> =>
      this.use(id, async connection => {
        signal.throwIfAborted()
        return connection.converse(id, body, this)
      })
    return withDeadline(begin, { timeoutMs, signal }, this.underWay)
  }

  /** A connection on which a message of that `id` may be sent. @throws SageError `unreachable` */
  async connect(id = ''): Promise<ClientConnection> {
    const { value: pool } = this.pool
    if (this.isClosed) throw new SageError('unreachable', 'the channel is closed; nothing was sent')
    const asker: Asker = { id, owner: this, kept: this.kept, isBound: this.joining > 0 }
    const chosen = (this.kept = pool.choose(asker))
    this.joining++
    try {
      return (this.kept = await pool.ready(chosen, asker))
    } finally {
      this.joining--
    }
  }

  async close(): Promise<void> {
    this.isClosed = true
    this.pool.value.leave(this)
    endAll(this.underWay, new SageError('connection_lost', 'the channel was closed'))
    await this.pool.release()
  }

  /** A message of which nothing had left when its connection ended goes by the next one, once. */
  private async use<Value>(id: string, send: (connection: ClientConnection) => Promise<Value>): Promise<Value> {
    const connection = await this.connect(id)
    try {
      return await send(connection)
    } catch (error) {
      if (this.isClosed || !isSageError(error, 'unreachable')) throw error
      return send(await this.connect(id))
    }
  }
}
