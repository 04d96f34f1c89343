import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { MAX_MESSAGE_FRAMES } from '../../schemas/index.js'
import { firstRefusal, type Guard } from '../bytes/guard.js'
import { withDeadline } from '../transport/deadline.js'
import type { Upgrades } from '../transport/upgrades.js'
import { Connection, type ConnectionOptions } from './connection.js'
import { PongSocket } from './pong-socket.js'
import type { UpgradeContext, UpgradeRefusal } from './upgrade-guards.js'

/** What a listener for WebSocket serves, and how far it goes. */
export interface WebSocketListenerOptions extends ConnectionOptions {
  /** Path at which connections are taken (ws.endpoint). */
  readonly path: string
  /** Origins from which connections are taken. */
  readonly origins: ReadonlySet<string>
  readonly upgradeGuards: readonly Guard<UpgradeContext, UpgradeRefusal>[]
  /** Connections at once; one more is answered with HTTP 503. */
  readonly maxConnections: number
}

/** Milliseconds in which the other end has to answer a close frame. */
const CLOSE_MS = 1_000

/** Close code of a responder that shuts down (RFC 6455 §7.4.1). */
const GOING_AWAY = 1001

/** Takes WebSocket connections beside an HTTP listener, and looks after them. */
export class WebSocketListener implements Upgrades {
  readonly path: string
  private readonly server: WebSocketServer
  private readonly connections = new Set<Connection>()
  // Runs while there are connections, and keeps no process alive.
  private sweeping: NodeJS.Timeout | undefined
  private isDraining = false

  constructor(private readonly options: WebSocketListenerOptions) {
    const { path, parts, maxMessageBytes } = options
    this.path = path
    const socketOptions = parts.socketOptions({
      WebSocket: PongSocket,
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
      maxFragments: MAX_MESSAGE_FRAMES,
      closeTimeout: CLOSE_MS,
    })
    this.server = new WebSocketServer(socketOptions)
    this.server.on('headers', lines => lines.splice(0, lines.length, ...parts.upgradeHeaders(lines)))
  }

  /** Connections that are open. */
  get size(): number {
    return this.connections.size
  }

  refuse({ headersDistinct: headers }: IncomingMessage, isUpgrade: boolean): number | undefined {
    const { upgradeGuards, origins, maxConnections } = this.options
    const refusal = firstRefusal<UpgradeContext, number>(upgradeGuards, { isUpgrade, headers, origins })
    if (refusal !== undefined) return refusal
    return isUpgrade && (this.isDraining || this.connections.size >= maxConnections) ? 503 : undefined
  }

  take(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.server.handleUpgrade(request, this.options.parts.line(socket), head, webSocket => {
      const connection = new Connection(webSocket, socket as Socket, this.options)
      this.connections.add(connection)
      this.sweeping ??= setInterval(() => this.sweep(), this.options.parts.sweepMs).unref()
      void connection.ended.then(() => this.forget(connection))
    })
  }

  /** Answers nothing new, waits up to `drainMs` for what runs, unless `signal` is raised, then closes every connection. */
  async close(drainMs: number, signal?: AbortSignal): Promise<void> {
    this.isDraining = true
    const drained = Promise.all([...this.connections].map(connection => connection.drain()))
    await withDeadline(() => drained, { timeoutMs: drainMs, signal }).catch(() => undefined)
    const ending = [...this.connections]
    for (const connection of ending) connection.close(GOING_AWAY)
    await Promise.all(ending.map(({ ended }) => ended))
  }

  private forget(connection: Connection): void {
    this.connections.delete(connection)
    if (this.connections.size > 0) return
    clearInterval(this.sweeping)
    this.sweeping = undefined
  }

  private sweep(): void {
    for (const connection of this.connections) connection.sweep()
  }
}
