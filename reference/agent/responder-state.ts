import type { Capability, Limits } from '../../schemas/index.js'
import type { Guard, LaterGuard } from '../bytes/guard.js'
import type { taskGuards as handshakeTaskGuards } from '../handshake/responder-guards.js'
import type { ReplayStore } from '../handshake/responder-guards.js'
import type { FrontContext, HttpContext } from '../http/http-guards.js'
import type { HttpParts } from '../http/http-parts.js'
import type { PageRequest } from '../http/page.js'
import type { WireHook } from '../http/wire.js'
import type { Resolver } from '../identity/resolver.js'
import type { Parts } from '../parts.js'
import type { CloseReason, IncomingContext, LoadContext } from '../websocket/incoming-guards.js'
import type { UpgradeContext, UpgradeRefusal } from '../websocket/upgrade-guards.js'
import type { WebSocketParts } from '../websocket/websocket-parts.js'
import type { Log } from './agent-event.js'
import type { BatchContext, ElementContext } from './batch-guards.js'
import type { Clock, Entropy } from './clock.js'
import type { HandshakeContext } from './handshake-guards.js'
import type { Identity } from './identity.js'
import type { InflationRoom } from './inflation-room.js'
import type { MetricsContext } from './metrics-page.js'
import type { ResponderParts } from './responder-parts.js'
import type { LifeContext, SessionContext } from './session-guards.js'
import type { SessionStore } from './session-store.js'
import type { ResponderStream } from './responder-stream.js'
import type { ServedStream } from './served-streams.js'
import type { StreamContext } from './stream-guards.js'
import type { StreamParts } from './stream-parts.js'
import type { StreamTable } from './stream-table.js'
import type { ServedTask, TaskContext } from './tasks.js'

/** Every check of a responder, in the order in which they are made. */
export interface ResponderGuards {
  /** Any request, before its path is looked at. */
  readonly front: readonly Guard<FrontContext>[]
  /** A POST of a message: at its head, at every piece of its body, at what is in it. */
  readonly http: readonly Guard<HttpContext>[]
  /** A batch as a whole. */
  readonly batch: readonly Guard<BatchContext>[]
  /** A message of a batch, beside what is asked of it alone. */
  readonly element: readonly Guard<ElementContext>[]
  /** A request at the WebSocket endpoint. */
  readonly upgrade: readonly Guard<UpgradeContext, UpgradeRefusal>[]
  /** A message over WebSocket, before anything is known of it but whether its JSON can be read. */
  readonly incoming: readonly Guard<IncomingContext, CloseReason>[]
  /** A message over WebSocket, as one more of those that are being answered. */
  readonly load: readonly Guard<LoadContext>[]
  /** A message without `kid`, before its payload is read. */
  readonly handshakeTask: typeof handshakeTaskGuards
  /** A handshake whose payload has been read. */
  readonly handshake: readonly LaterGuard<HandshakeContext>[]
  /** A request for the card. */
  readonly card: readonly Guard<PageRequest>[]
  /** A request for the health of the responder. */
  readonly health: readonly Guard<PageRequest>[]
  /** A request for metrics. */
  readonly metrics: readonly Guard<MetricsContext, 401>[]
  /** What ends a session by itself. */
  readonly life: readonly Guard<LifeContext>[]
  /** A session message before its record is opened. */
  readonly session: readonly Guard<SessionContext>[]
  /** A session message whose record has opened: the mark. */
  readonly opened: readonly Guard<SessionContext>[]
  /** A task, once the request has been accepted. */
  readonly task: readonly Guard<TaskContext>[]
  /** A message with a `stream`. */
  readonly stream: readonly Guard<StreamContext>[]
  /** The arguments of a task. */
  readonly arguments: readonly Guard<TaskContext>[]
}

/** Where a responder can be made wrong on purpose, in one place at a time. */
export interface ResponderSeams {
  readonly parts: Parts
  readonly responderParts: ResponderParts
  readonly guards: ResponderGuards
  readonly streamParts: StreamParts
  readonly wire: WireHook
  readonly http: HttpParts
  readonly webSocket: WebSocketParts
}

/** What a responder has at hand while it answers. */
export interface ResponderState extends Omit<ResponderSeams, 'wire' | 'http' | 'webSocket'> {
  readonly identity: Identity
  readonly limits: Limits
  /** What the card declares. */
  readonly capabilities: ReadonlySet<Capability>
  readonly inflations: InflationRoom
  readonly tasks: ReadonlyMap<string, ServedTask>
  /** The tasks that are served as streams. */
  readonly streamTasks: ReadonlyMap<string, ServedStream>
  /** The live streams of every connection. */
  readonly streams: StreamTable<ResponderStream>
  /** Bytes of chunks that wait for their tasks on one connection, at most. */
  readonly maxStreamBytes: number
  readonly sessions: SessionStore
  readonly replay: ReplayStore
  readonly resolve: Resolver
  readonly admit: (did: string) => boolean | Promise<boolean>
  /** Milliseconds that both have, together. */
  readonly lookupTimeoutMs: number
  readonly clock: Clock
  readonly entropy: Entropy
  readonly log: Log
}
