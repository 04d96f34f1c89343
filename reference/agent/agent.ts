import type { AgentCard, Limits } from '../../schemas/index.js'
import type { Resolver } from '../identity/resolver.js'
import type { Log } from './agent-event.js'
import type { Clock, Entropy } from './clock.js'
import type { Identity } from './identity.js'
import type { StreamTask } from './served-streams.js'
import type { SharedOptions } from './shared-sessions.js'
import type { MetricsAccess } from './metrics-access.js'
import type { Task } from './tasks.js'

/** What a responder holds at most, each inclusive; at a cap newcomers are `unavailable`. */
export interface ServeCaps {
  /** Live sessions, 100 000 by default. */
  readonly sessions?: number
  /** Sessions that no record has confirmed, 10 000 by default. */
  readonly provisionalSessions?: number
  /** Handshake nonces remembered, 250 000 by default. */
  readonly nonces?: number
  /** Requests over HTTP answered at once, 1024 by default. */
  readonly requests?: number
  /** WebSocket connections, 1024 by default; one more is answered with HTTP 503. */
  readonly connections?: number
  /** Requests answered at once on one WebSocket connection, 16 384 by default (ws.in-flight). */
  readonly requestsPerConnection?: number
  /** Bytes of these requests, four times `maxMessageBytes` by default. */
  readonly requestBytesPerConnection?: number
  /**
   * Bytes of chunks that wait for their tasks on one connection, `streamWindow` times `maxMessageBytes` by default, so that
   * a single stream is never refused; further chunks are `unavailable`.
   */
  readonly streamBytesPerConnection?: number
  /**
   * Bytes of inflated requests that tasks hold at once, sixteen times `maxMessageBytes` by default. Here nobody is refused:
   * who finds no room waits.
   */
  readonly inflatedBytes?: number
}

/** What a responder offers beside the tasks that each has. */
export interface ServeCapabilities {
  /** The echo task, for testers; on by default. */
  readonly echo?: boolean
  /** WebSocket beside HTTP, at `/ws`; off by default. Browsers are let in from `origins` only (ws.origin). */
  readonly ws?: boolean | { readonly origins?: readonly string[] }
  /** Several session messages in one POST at `/batch`; off by default. */
  readonly batch?: boolean
  /** Streams; on by default where `streams` has any. In both directions over WebSocket only. */
  readonly stream?: boolean
  /** Plaintexts that were compressed before they were sealed; off by default. */
  readonly gzip?: boolean
  /** Whether it can be used, for orchestrators and balancers, at `/health`; off by default. */
  readonly health?: boolean
  /** What it has done and does, for Prometheus, at `/metrics`; off by default. */
  readonly metrics?: MetricsAccess
}

/** How a responder is to be. */
export interface ServeOptions {
  readonly identity: Identity
  /** The deployer's tasks by name, beside those of the protocol. */
  readonly tasks?: Readonly<Record<string, Task>>
  /** The deployer's tasks that are served as streams, by name. A name may have a task of either kind, or both. */
  readonly streams?: Readonly<Record<string, StreamTask>>
  /** Address to listen on, 127.0.0.1 by default. Any that others can reach needs `publicUrl`. */
  readonly host?: string
  /** Port to listen on; 0, the default, takes a free one. */
  readonly port?: number
  /** Name for people, in the card. */
  readonly name?: string
  /** What differs from the default limits. */
  readonly limits?: Partial<Limits>
  readonly capabilities?: ServeCapabilities
  /** Endpoint in the card, where it is not the address of the listener: behind a proxy that ends TLS. */
  readonly publicUrl?: string
  /** Resolves DIDs other than `did:key`. */
  readonly resolver?: Resolver
  /** May this initiator talk to this responder? Everybody whose DID resolves may, by default. */
  readonly admit?: (did: string) => boolean | Promise<boolean>
  /**
   * Milliseconds in which `resolver` and `admit` have to answer, together; 5000 by default. Whoever takes longer has not
   * answered, and the initiator is refused like any stranger.
   */
  readonly lookupTimeoutMs?: number
  readonly caps?: ServeCaps
  /** Shares sessions and nonces with other processes of the same identity; without it they are in this process. */
  readonly shared?: SharedOptions
  /** Milliseconds in which a request has to arrive whole, 30 000 by default (http.slow-sender). */
  readonly requestTimeoutMs?: number
  /** Milliseconds for which `close` waits for running requests, 5000 by default. */
  readonly drainMs?: number
  readonly clock?: Clock
  readonly entropy?: Entropy
  readonly log?: Log
}

/** A running responder. */
export interface Agent extends AsyncDisposable {
  /** Its endpoint, as in the card. */
  readonly url: string
  readonly did: string
  /** The card of this moment. */
  readonly card: AgentCard
  /**
   * Takes no more requests, waits up to `drainMs` for those that run, and erases every session. When `signal` is raised it
   * waits no longer, and the connections of what still runs are cut. Does not reject; of several calls the first counts.
   */
  close(options?: { readonly signal?: AbortSignal }): Promise<void>
}
