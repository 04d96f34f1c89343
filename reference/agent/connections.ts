import { HttpClient, httpClientOptions, type HttpClientOptions } from '../http/http-client.js'
import { createHttpTransport } from '../http/http-transport.js'
import type { BackOffTimes } from '../transport/back-off.js'
import { Circuit } from '../transport/circuit.js'
import { Shared, type Lease } from '../transport/shared.js'
import { channelParts } from '../websocket/channel-parts.js'
import type { ConnectionPool } from '../websocket/connection-pool.js'
import { createWebSocketTransport, poolOptions, type PoolOptions } from '../websocket/websocket-transport.js'
import { checkWhole } from './check-whole.js'
import { systemClock, systemEntropy, type Clock, type Entropy } from './clock.js'
import type { BuiltIn, Route } from './transports.js'

/** How many connections an initiator makes, and how long it keeps them. */
export interface ConnectionsOptions {
  /** HTTP: up to 128 connections to an origin, kept for 4000 idle milliseconds, unless it is said otherwise. */
  readonly http?: Partial<HttpClientOptions>
  /** WebSocket: up to 8 connections to an endpoint, kept for 60 000 idle milliseconds. */
  readonly ws?: Partial<PoolOptions>
  /** How long a way is not tried after it could not be connected: 500 milliseconds at first, 30 000 at most. */
  readonly backOff?: Partial<BackOffTimes>
  readonly clock?: Clock
  readonly entropy?: Entropy
}

const BACK_OFF: BackOffTimes = { firstMs: 500, maxMs: 30_000 }

/** Milliseconds for which what nobody uses is remembered. */
const KEEP_MS = 60_000

/** Ways that are remembered. */
const MAX_CIRCUITS = 1000

/**
 * The connections of an initiator, and what it knows of the ways to its peers. Sessions that are connected with the same
 * share them: `connect(url, { connections })`. An idle connection keeps no process alive.
 */
export class Connections implements AsyncDisposable {
  /** The transports that are built in, over these connections. */
  readonly transports: BuiltIn
  private readonly clients: Shared<HttpClient>
  private readonly pools: Shared<ConnectionPool>
  private readonly circuits = new Map<string, Circuit>()
  private readonly http: HttpClientOptions

  /** @throws SageError `configuration` for a number that cannot be right */
  constructor(private readonly options: ConnectionsOptions = {}) {
    const { clock = systemClock, http, ws, backOff } = options
    checkWhole(1, { ...http, ...ws, ...backOff })
    const monotonic = (): number => clock.monotonic()
    this.http = { ...httpClientOptions, ...http }
    this.clients = new Shared(KEEP_MS, monotonic)
    this.pools = new Shared(KEEP_MS, monotonic)
    this.transports = {
      ws: createWebSocketTransport(channelParts, this.pools, { ...poolOptions, ...ws }),
      http: createHttpTransport(this.clients, this.http),
    }
  }

  /** A client of an origin, to be given back. */
  clientOf(origin: string): Lease<HttpClient> {
    return this.clients.lease(origin, () => new HttpClient(origin, this.http))
  }

  /** What is known of a way. */
  circuitOf({ transport, endpoint }: Route): Circuit {
    const name = `${transport.name} ${endpoint.href}`
    const known = this.circuits.get(name)
    if (known !== undefined) return known
    if (this.circuits.size >= MAX_CIRCUITS)
      for (const [name, { state }] of this.circuits) if (state === 'up') this.circuits.delete(name)
    const circuit = this.createCircuit()
    this.circuits.set(name, circuit)
    return circuit
  }

  /** Ends all connections. What is under way fails, and nothing is sent any more. Does not reject. */
  async close(): Promise<void> {
    await Promise.all([this.clients.close(), this.pools.close()])
  }

  /** `await using` ends in {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  private createCircuit(): Circuit {
    const { clock = systemClock, entropy = systemEntropy, backOff } = this.options
    const random = (): number => Buffer.from(entropy(4)).readUInt32BE() / 2 ** 32
    return new Circuit({ times: { ...BACK_OFF, ...backOff }, monotonic: () => clock.monotonic(), random })
  }
}

/** Connections for sessions to share. @throws SageError `configuration` for a number that cannot be right */
export const createConnections = (options: ConnectionsOptions = {}): Connections => new Connections(options)
