import type { Capability } from './agent-card.js'

// The metrics of a responder (metrics.md): stated once here, read by both stacks, checked against the table in the prose.

/** One metric. */
export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** Every label with all of its values. */
  readonly labels: Readonly<Record<string, readonly string[]>>
  /** Capability without which it is not shown. */
  readonly capability?: Capability
}

/** The metrics that a responder shows. A histogram by transport has the transports that the responder has. */
export const metrics = {
  sage_handshakes_total: { type: 'counter', labels: { outcome: ['accepted', 'refused'] } },
  sage_records_total: { type: 'counter', labels: { outcome: ['opened', 'refused'] } },
  sage_requests_total: { type: 'counter', labels: { outcome: ['success', 'error'] } },
  sage_sessions: { type: 'gauge', labels: { state: ['live', 'provisional'] } },
  sage_request_seconds: { type: 'histogram', labels: { transport: ['http', 'ws'] } },
  sage_payload_bytes: { type: 'histogram', labels: { transport: ['http', 'ws'], direction: ['in', 'out'] } },
  sage_batches_total: { type: 'counter', labels: {}, capability: 'batch' },
  sage_streams: { type: 'gauge', labels: {}, capability: 'stream' },
  sage_connections: { type: 'gauge', labels: {}, capability: 'ws' },
} as const satisfies Readonly<Record<string, Metric>>

/** Name of a metric. */
export type MetricName = keyof typeof metrics
