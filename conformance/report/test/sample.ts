import type { Report, RequirementId, Transport } from '../../../schemas/index.js'
import type { Settings } from '../../runner/judge.js'
import type { CaseResult, CheckResult, State } from '../../runner/result.js'
import { createReport } from '../json.js'

// Reports made by hand: as a run would have made them, of results that no run need come to.

const settings: Settings = {
  seed: '00',
  salt: '01',
  transports: ['http', 'ws'],
  only: [],
  skip: [],
  jobs: 1,
  timeoutMs: 5000,
  patienceSeconds: 2,
  exactClock: false,
  strict: false,
  flags: {},
}

const target: Report['target'] = {
  url: 'http://127.0.0.1:8080/',
  did: 'did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH',
  capabilities: ['echo', 'ws'],
  identityRestsOn: 'the DID itself',
  clockAheadSeconds: 0,
}

const exchange = (what: string, judged: string): CaseResult['transcript'][number] => ({
  step: 'fault',
  what,
  at: '2026-01-02T03:04:05.006Z',
  request: { method: 'POST', url: 'http://127.0.0.1:8080/', headers: [['x', 'y']], body: '{}' },
  response: { status: 200, headers: [], body: '{}' },
  judged,
})

/** The words that a hostile agent may have chosen. */
export interface Words {
  readonly expected?: string
  readonly observed?: string
  readonly reasonCode?: string
}

/** A result of `requirement`, with one case. */
export const sampleResult = (
  requirement: RequirementId,
  state: State,
  { transport = 'http', ...words }: Words & { readonly transport?: Transport; readonly level?: string } = {},
): CheckResult => {
  const { level = 'MUST', reasonCode = state === 'pass' ? '' : 'some-reason', expected, observed } = words
  const said = { ...(expected !== undefined && { expected }), ...(observed !== undefined && { observed }) }
  const about = { state, reasonCode, ...said }
  const transcript = [exchange(observed ?? 'a message', expected ?? 'accepted')]
  const cases = [{ name: observed ?? '', ...about, clock: ['1000000000', '3500000000'], transcript }]
  return { check: requirement, requirement, also: [], level, transport, ...about, cases }
}

/** What a report is to be about. */
export interface Sample {
  readonly results?: readonly CheckResult[]
  readonly target?: Partial<Report['target']>
  readonly run?: Partial<Settings>
  readonly problem?: string
  readonly command?: Report['command']
}

export const sampleReport = (sample: Sample = {}): Report => {
  const { results = [], problem, command = 'run' } = sample
  const judged = {
    target: { ...target, ...sample.target },
    startedAt: '2026-01-02T03:04:05.006Z',
    discovery: { clock: [], transcript: [] },
    results,
    problem,
  }
  return createReport(command, { ...settings, ...sample.run }, judged, 1.5)
}

const ids = [
  'record.replay',
  'record.any-order',
  'message.schema',
  'handshake.nonce-single-use',
  'task.ping',
  'card.published',
  'ws.ping',
  'http.headers-agree',
] as const satisfies readonly RequirementId[]

const everyState: readonly State[] = [
  'pass',
  'fail',
  'warn',
  'skip',
  'blocked',
  'not-observed',
  'inconclusive',
  'error',
]

const both = ['http', 'ws'] as const

/** A result in every state over both transports. */
const everyResult = both.flatMap(transport =>
  everyState.map((state, index) =>
    sampleResult(ids[index] ?? 'task.ping', state, {
      transport,
      level: state === 'warn' ? 'SHOULD' : 'MUST',
      ...(state !== 'pass' && { expected: 'this', observed: 'that' }),
    }),
  ),
)

const baseline = (reasonCode: string): NonNullable<Settings['baseline']> => [
  { check: 'record.any-order', transport: 'http', reasonCode },
]

const failing = [sampleResult('task.ping', 'pass'), sampleResult('record.any-order', 'fail', { observed: 'nothing' })]

/** Reports that differ in what they come to, by what they are. */
export const samples: Readonly<Record<string, Report>> = {
  'every state': sampleReport({ results: everyResult }),
  'every state, strictly': sampleReport({ results: everyResult, run: { strict: true } }),
  'all passed': sampleReport({ results: [sampleResult('task.ping', 'pass')] }),
  'a SHOULD alone': sampleReport({ results: [sampleResult('task.ping', 'warn', { level: 'SHOULD' })] }),
  'nothing but skipped': sampleReport({ results: [sampleResult('task.ping', 'skip')] }),
  'nothing but not observed': sampleReport({ results: [sampleResult('task.ping', 'not-observed')] }),
  'nothing there': sampleReport({ problem: 'http://127.0.0.1:9/ cannot be reached (ECONNREFUSED)' }),
  'no results and no problem': sampleReport(),
  'a known failure': sampleReport({ results: failing, run: { baseline: baseline('some-reason') } }),
  'a known failure that is another now': sampleReport({ results: failing, run: { baseline: baseline('other') } }),
  'a known failure that passes': sampleReport({
    results: [sampleResult('record.any-order', 'pass')],
    run: { baseline: baseline('some-reason') },
  }),
  'a run of a client': sampleReport({
    command: 'run-client',
    target: { url: "node 'my client.js'", argv: ['node', 'my client.js'] },
    results: [sampleResult('record.replay', 'fail', { transport: 'ws', observed: 'exit status 0' })],
  }),
}
