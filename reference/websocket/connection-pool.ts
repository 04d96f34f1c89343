import { SageError } from '../bytes/sage-error.js'
import type { ClientConnection } from './client-connection.js'

/** Requests at once on a connection that every responder takes (ws.in-flight-room). */
const ROOM = 16

/** Who looks for a connection, and what for. */
export interface Asker {
  /** The `id` of the message, which nobody else may have on the connection. */
  readonly id: string
  readonly owner: object
  /** The connection that it used last. */
  readonly kept: ClientConnection | undefined
  /** Has it other messages on their way there? */
  readonly isBound: boolean
}

/**
 * Connections to one endpoint. Who has something under way keeps to its connection, so that its records arrive in the order
 * of their numbers; everybody else moves on where too many wait. Another connection is made only where none has room.
 */
export class ConnectionPool {
  private connections: ClientConnection[] = []
  private isClosed = false

  /**
   * @param dial makes a connection
   * @param size connections at most, unless two askers use the same `id`
   */
  constructor(
    private readonly dial: () => ClientConnection,
    private readonly size: number,
  ) {}

  /** A connection, which may have to be made yet. @throws SageError `unreachable` after {@link close} */
  choose({ id, owner, kept, isBound }: Asker): ClientConnection {
    if (this.isClosed) throw new SageError('unreachable', 'the connections are closed; nothing was sent')
    const mayKeep = kept !== undefined && !kept.isOver && !kept.isTaken(id, owner)
    if (mayKeep && (isBound || kept.load < ROOM || kept.serves(owner))) return kept
    this.connections = this.connections.filter(({ isOver }) => !isOver)
    const best = this.leastBusy(id, owner)
    const isRoomless = best !== undefined && best.load >= ROOM && this.connections.length < this.size
    if (best !== undefined && !isRoomless) return best
    const made = this.dial()
    this.connections.push(made)
    return made
  }

  /**
   * A connection on which messages may be sent: `chosen`, or another where that cannot be made.
   * @throws SageError `unreachable`
   */
  async ready(chosen: ClientConnection, { id, owner }: Asker): Promise<ClientConnection> {
    try {
      return await chosen.ready()
    } catch (error) {
      const other = this.leastBusy(id, owner, chosen)
      if (other === undefined || this.isClosed) throw error
      return other.ready()
    }
  }

  /** Fails what this one has under way, on whichever connection. */
  leave(owner: object): void {
    for (const connection of this.connections) connection.leave(owner)
  }

  /** Ends all connections. Does not reject. */
  async close(): Promise<void> {
    this.isClosed = true
    await Promise.all(this.connections.map(connection => connection.close()))
  }

  private leastBusy(id: string, owner: object, but?: ClientConnection): ClientConnection | undefined {
    let best: ClientConnection | undefined
    for (const connection of this.connections) {
      if (connection === but || connection.isOver || connection.isTaken(id, owner)) continue
      if (best === undefined || connection.load < best.load) best = connection
    }
    return best
  }
}
