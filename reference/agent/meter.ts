import type { Transport } from '../../schemas/index.js'
import type { Later } from '../bytes/guard.js'
import type { SessionCount } from './session-store.js'

/** What a responder counts of what it does (metrics.counts). Nothing that a peer chose is in any of it (metrics.no-identifiers). */
export interface Meter {
  /** A message without `kid`. */
  readonly handshake: (outcome: 'accepted' | 'refused') => void
  /** A message with `kid`. */
  readonly record: (outcome: 'opened' | 'refused') => void
  /** A request whose record was opened has its last response. */
  readonly request: (outcome: 'success' | 'error') => void
  /** Seconds from the arrival of a message with `kid` to its answer. */
  readonly answered: (transport: Transport, seconds: number) => void
  /** Bytes of a record. */
  readonly recordBytes: (transport: Transport, direction: 'in' | 'out', bytes: number) => void
  /** A batch whose outer shape was valid. */
  readonly batch: () => void
}

/** What is counted by looking. */
export interface Gauges {
  readonly sessions: () => Later<SessionCount>
  readonly streams: () => number
  readonly connections: () => number
}
