import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { metrics, type Capability, type Metric, type MetricName } from '../../schemas/index.js'
import type { Gauges, Meter } from './meter.js'

// Names, types and labels are those of metrics.md; what Prometheus does with them is left to prom-client.

const help: Readonly<Record<MetricName, string>> = {
  sage_handshakes_total: 'Handshake messages, by whether a session came of them.',
  sage_records_total: 'Session messages, by whether their record was opened.',
  sage_requests_total: 'Requests whose record was opened, by the success of the last response.',
  sage_sessions: 'Sessions that are held.',
  sage_request_seconds: 'Seconds from the arrival of a session message to its answer.',
  sage_payload_bytes: 'Bytes of the records of session messages and responses.',
  sage_batches_total: 'Batches whose outer shape was valid.',
  sage_streams: 'Streams that are open.',
  sage_connections: 'WebSocket connections that are open.',
}

/** From a ping on the same machine to what a person takes for broken. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** From the shortest record to more than the default of `maxMessageBytes`, each four times the one before. */
const BYTES = Array.from({ length: 10 }, (_, power) => 64 * 4 ** power)

/** Metrics in the text format of Prometheus. */
export interface Exposition {
  readonly contentType: string
  readonly text: () => Promise<string>
}

/** Everything that a metric can be told apart by. */
const labelSets = (name: MetricName, transports: readonly string[]): Record<string, string>[] =>
  Object.entries<readonly string[]>(metrics[name].labels).reduce<Record<string, string>[]>(
    (sets, [label, values]) =>
      sets.flatMap(set =>
        values
          .filter(value => label !== 'transport' || transports.includes(value))
          .map(value => ({ ...set, [label]: value })),
      ),
    [{}],
  )

const labelNames = (name: MetricName): string[] => Object.keys(metrics[name].labels)

/**
 * A meter, and what it shows: the metrics of metrics.md, save those of capabilities that are not declared, every one from the
 * start with every value of its labels. Its registry is its own, so that two responders in one process do not count together.
 */
export const createPrometheusMeter = (
  gauges: Gauges,
  capabilities: ReadonlySet<Capability>,
): { readonly meter: Meter; readonly exposition: Exposition } => {
  const registry = new Registry()
  const transports = capabilities.has('ws') ? ['http', 'ws'] : ['http']
  const common = (name: MetricName) => {
    const { capability }: Metric = metrics[name]
    const isShown = capability === undefined || capabilities.has(capability)
    return { name, help: help[name], labelNames: labelNames(name), registers: isShown ? [registry] : [] }
  }
  const counter = (name: MetricName): Counter => {
    const created = new Counter(common(name))
    for (const labels of labelSets(name, transports)) created.inc(labels, 0)
    return created
  }
  const histogram = (name: MetricName, buckets: number[]): Histogram => {
    const created = new Histogram({ ...common(name), buckets })
    for (const labels of labelSets(name, transports)) created.zero(labels)
    return created
  }
  const gauge = (name: MetricName, look: (gauge: Gauge) => void | Promise<void>): Gauge =>
    new Gauge({
      ...common(name),
      collect() {
        return look(this)
      },
    })
  const handshakes = counter('sage_handshakes_total')
  const records = counter('sage_records_total')
  const requests = counter('sage_requests_total')
  const seconds = histogram('sage_request_seconds', SECONDS)
  const bytes = histogram('sage_payload_bytes', BYTES)
  const batches = counter('sage_batches_total')
  gauge('sage_sessions', async sessions => {
    const { live, provisional } = await gauges.sessions()
    sessions.set({ state: 'live' }, live)
    sessions.set({ state: 'provisional' }, provisional)
  })
  gauge('sage_streams', streams => streams.set(gauges.streams()))
  gauge('sage_connections', connections => connections.set(gauges.connections()))
  return {
    meter: {
      handshake: outcome => handshakes.inc({ outcome }),
      record: outcome => records.inc({ outcome }),
      request: outcome => requests.inc({ outcome }),
      answered: (transport, passed) => seconds.observe({ transport }, passed),
      recordBytes: (transport, direction, length) => bytes.observe({ transport, direction }, length),
      batch: () => batches.inc(),
    },
    exposition: { contentType: registry.contentType, text: () => registry.metrics() },
  }
}
