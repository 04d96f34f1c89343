import { createHash } from 'node:crypto'
import type { Meter } from '../../../reference/agent/meter.js'
import type { WireAnswer } from '../../../reference/http/wire.js'
import { all, insert, mutant, omit, responder, streams, wire, type Fault } from './mutant.js'

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

/** A gauge that goes up and never down. */
const neverFalls =
  (name: string): Fault =>
  honest => {
    let most = 0
    return lines(line => {
      if (!line.startsWith(`${name} `)) return line
      most = Math.max(most, Number(line.slice(name.length + 1)))
      return `${name} ${most}`
    })(honest)
  }

/** Streams that an HTTP connection has are not among those that are shown. */
const countsNoStreamsOverHttp: Fault = honest => {
  let open = 0
  return all(
    streams(({ outgoing }) => ({
      outgoing: async function* (sends, about) {
        const more = about.transport === 'http' ? 1 : 0
        open += more
        try {
          yield* outgoing(sends, about)
        } finally {
          open -= more
        }
      },
    })),
    text(whole => whole.replace(/^sage_streams (.*)$/m, (_line, value) => `sage_streams ${Number(value) - open}`)),
  )(honest)
}

const valueIn = (whole: string, series: string): number =>
  Number(new RegExp(`^${series.replace(/[{}"]/g, '\\$&')} (.*)$`, 'm').exec(whole)?.[1])

/** Counts the batches that are too long, too. */
const countsRefusedBatches: Fault = honest => {
  let count = NOTHING
  return all(
    responder(() => ({
      meter: own => {
        count = own.batch
        return own
      },
    })),
    insert(
      'batch',
      ({ batch, limits: { maxBatch } }) => {
        if (Array.isArray(batch['messages']) && batch['messages'].length > maxBatch) count()
        return undefined
      },
      'batch.limit',
    ),
  )(honest)
}

/** Counts the bytes of records that it has opened, and of no others. */
const countsBytesOfOpened: Fault = honest => {
  let isOpened = false
  return meter(({ record, recordBytes }) => ({
    record: outcome => {
      isOpened = outcome === 'opened'
      record(outcome)
    },
    recordBytes: (transport, direction, bytes) => {
      if (direction === 'out' || isOpened) recordBytes(transport, direction, bytes)
    },
  }))(honest)
}

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
    'any-bearer-token-taken',
    ['metrics.private/wrong-token'],
    all(
      omit('metrics', 'metrics.private'),
      insert('metrics', ({ authorization = '' }) => (/^bearer /i.test(authorization) ? undefined : 401)),
    ),
  ),
  mutant(
    'whoever-has-a-name-is-no-stranger',
    ['metrics.private/wrong-token'],
    all(
      omit('metrics', 'metrics.private'),
      insert('metrics', ({ authorization, mayRead }) =>
        authorization?.startsWith('Basic ') || mayRead(authorization) ? undefined : 401,
      ),
    ),
  ),
  ...['access_token', 'token'].map(name =>
    mutant(
      `${name.replace('_', '-')}-in-the-query-taken`,
      ['metrics.token-not-in-query'],
      all(
        omit('metrics', 'metrics.private'),
        insert('metrics', ({ authorization, query, mayRead }) =>
          mayRead(authorization) || mayRead(`Bearer ${query.get(name)}`) ? undefined : 401,
        ),
      ),
    ),
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
  mutant('batches-beyond-their-limit-counted', ['metrics.counts/batches'], countsRefusedBatches),
  mutant(
    'milliseconds-for-seconds',
    ['metrics.counts/seconds'],
    meter(({ answered }) => ({ answered: (transport, passed) => answered(transport, passed * 1000) })),
  ),
  mutant(
    'time-of-tasks-left-out',
    ['metrics.counts/seconds'],
    meter(({ answered }) => ({ answered: transport => answered(transport, 0) })),
  ),
  mutant('connections-counted-for-ever', ['metrics.counts/connections'], neverFalls('sage_connections')),
  mutant('streams-over-http-uncounted', ['metrics.counts/streams-over-http'], countsNoStreamsOverHttp),
  mutant(
    'streams-shown-for-ever',
    ['metrics.counts/streams', 'metrics.counts/streams-over-http'],
    neverFalls('sage_streams'),
  ),
  mutant('bytes-of-what-opens-alone', ['metrics.counts/records', 'metrics.counts/batches'], countsBytesOfOpened),
  mutant('connections-uncounted', ['metrics.counts/connections'], stuck('sage_connections')),
  mutant('streams-uncounted', ['metrics.counts/streams'], stuck('sage_streams')),
]
