import { createHash } from 'node:crypto'
import type { Meter } from '../../../reference/agent/meter.js'
import type { WireAnswer } from '../../../reference/http/wire.js'
import { all, mutant, responder, wire, type Fault } from './mutant.js'

/** Changes the text of the metrics. */
const text = (change: (text: string) => string): Fault =>
  wire(['metrics'], answer =>
    answer.status === 200
      ? { ...answer, body: Buffer.from(change(Buffer.from(answer.body).toString('utf8'))) }
      : answer,
  )

const typed = (type: string): Fault =>
  wire(['metrics'], answer =>
    answer.status === 200 ? { ...answer, headers: { ...answer.headers, 'content-type': type } } : answer,
  )

const lines = (change: (line: string) => string | undefined): Fault =>
  text(whole =>
    whole
      .split('\n')
      .map(change)
      .filter(line => line !== undefined)
      .join('\n'),
  )

/** Counts in some other way. */
const meter = (change: (honest: Meter) => Partial<Meter>): Fault =>
  responder(before => ({ meter: honest => ({ ...before.meter(honest), ...change(before.meter(honest)) }) }))

/** A metric of its own with a series for every initiator, by what `nameOf` makes of its DID. */
const countsInitiators = (nameOf: (did: string) => string): Fault => {
  const seen = new Map<string, number>()
  const note = (answer: WireAnswer, did: string | undefined): WireAnswer => {
    if (did !== undefined) seen.set(did, (seen.get(did) ?? 0) + 1)
    return answer
  }
  return all(
    wire(['session'], (answer, { message }) =>
      note(answer, message?.kind === 'session' ? message.message.did : undefined),
    ),
    text(
      whole =>
        `${whole}# TYPE sage_messages_total counter\n` +
        [...seen].map(([did, count]) => `sage_messages_total{by="${nameOf(did)}"} ${count}\n`).join(''),
    ),
  )
}

const NOTHING = (): void => undefined

const later =
  <Values extends readonly unknown[]>(count: (...values: Values) => void) =>
  (...values: Values): void =>
    void setTimeout(() => count(...values), 60_000).unref()

/** A gauge that always says the same. */
const stuck = (name: string): Fault => lines(line => (line.startsWith(`${name} `) ? `${name} 0` : line))

const valueIn = (whole: string, series: string): number =>
  Number(new RegExp(`^${series.replace(/[{}"]/g, '\\$&')} (.*)$`, 'm').exec(whole)?.[1])

/** Responders that are wrong in their metrics. */
export const metricsMutants = [
  mutant(
    'metrics-of-another-version',
    ['metrics.endpoint'],
    typed('application/openmetrics-text; version=1.0.0; charset=utf-8'),
  ),
  mutant(
    'metrics-cut-in-the-last-line',
    ['metrics.endpoint'],
    text(whole => whole.trimEnd()),
  ),
  mutant(
    'metrics-typed-twice',
    ['metrics.endpoint'],
    lines(line => (line.startsWith('# TYPE') ? `${line}\n${line}` : line)),
  ),
  mutant(
    'strangers-are-told-there-is-nothing',
    ['metrics.private'],
    wire(['metrics'], answer => (answer.status === 401 ? { ...answer, status: 404 } : answer)),
  ),
  mutant(
    'metrics-untyped',
    ['metrics.names'],
    lines(line => (line.startsWith('# TYPE sage_requests_total') ? undefined : line)),
  ),
  mutant(
    'sessions-not-shown',
    ['metrics.names'],
    lines(line => (line.includes('sage_sessions') ? undefined : line)),
  ),
  mutant(
    'records-by-other-outcomes',
    ['metrics.names'],
    lines(line => line.replace('sage_records_total{outcome="refused"}', 'sage_records_total{outcome="failed"}')),
  ),
  mutant(
    'requests-by-task',
    ['metrics.names', 'metrics.no-identifiers'],
    lines(line => line.replace('sage_requests_total{', 'sage_requests_total{task="sage/ping@v1",')),
  ),
  mutant('messages-by-initiator', ['metrics.no-identifiers'], seams => countsInitiators(did => did)(seams)),
  mutant('messages-by-hash', ['metrics.no-identifiers'], seams =>
    countsInitiators(did => createHash('sha256').update(did).digest('hex').slice(0, 8))(seams),
  ),
  mutant(
    'refused-handshakes-uncounted',
    ['metrics.counts/handshakes'],
    meter(({ handshake }) => ({ handshake: outcome => void (outcome === 'accepted' && handshake(outcome)) })),
  ),
  mutant('what-is-no-json-counted', ['metrics.counts/no-json'], honest => {
    let count: Meter['record'] = NOTHING
    return all(
      responder(() => ({
        meter: own => {
          count = outcome => own.record(outcome)
          return own
        },
      })),
      wire(['error'], (answer, { code, message }) => {
        if (code === 'malformed' && !message) count('refused')
        return answer
      }),
    )(honest)
  }),
  mutant(
    'provisional-sessions-live',
    ['metrics.counts/sessions', 'metrics.counts/handshakes'],
    text(whole => {
      const [live, provisional] = ['sage_sessions{state="live"}', 'sage_sessions{state="provisional"}'] as const
      return whole
        .replace(`${live} ${valueIn(whole, live)}`, `${live} ${valueIn(whole, live) + valueIn(whole, provisional)}`)
        .replace(`${provisional} ${valueIn(whole, provisional)}`, `${provisional} 0`)
    }),
  ),
  mutant(
    'refused-records-uncounted',
    ['metrics.counts/records', 'metrics.counts/batches'],
    meter(({ record }) => ({ record: outcome => void (outcome === 'opened' && record(outcome)) })),
  ),
  mutant(
    'counted-long-after-the-answer',
    ['metrics.counts/records', 'metrics.counts/requests'],
    meter(({ record, request }) => ({ record: later(record), request: later(request) })),
  ),
  mutant(
    'every-answer-a-success',
    ['metrics.counts/requests'],
    meter(({ request }) => ({ request: () => request('success') })),
  ),
  mutant(
    'time-taken-uncounted',
    ['metrics.counts/requests'],
    meter(() => ({ answered: NOTHING })),
  ),
  mutant(
    'bytes-of-plaintexts',
    ['metrics.counts/requests'],
    meter(({ recordBytes }) => ({
      recordBytes: (transport, direction, bytes) => recordBytes(transport, direction, bytes - 36),
    })),
  ),
  mutant(
    'batches-counted-twice',
    ['metrics.counts/batches'],
    meter(({ batch }) => ({
      batch: () => {
        batch()
        batch()
      },
    })),
  ),
  mutant('connections-uncounted', ['metrics.counts/connections'], stuck('sage_connections')),
  mutant('streams-uncounted', ['metrics.counts/streams'], stuck('sage_streams')),
]
