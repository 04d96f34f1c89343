import type { VectorFailure, VectorsReport } from '../../../../schemas/index.js'
import type { Judgement } from '../../../vectors/judge.js'
import { sampleFile } from '../../../vectors/test/sample.js'
import { createVectorsReport } from '../json.js'

// Reports of vectors made by hand, of judgements that no core need come to.

/** How a sample was run. */
export const vectorsRun: VectorsReport['run'] = {
  startedAt: '2026-01-02T03:04:05.006Z',
  seconds: 1.5,
  only: [],
  skip: [],
  timeoutMs: 5000,
}

/** What a sample is to say. */
export interface VectorsSample {
  /** By `file/test`; the op is that of a token. */
  readonly judged: Readonly<Record<string, Judgement>>
  readonly argv?: readonly string[]
  readonly run?: Partial<VectorsReport['run']>
}

export const sampleVectorsReport = ({ judged, argv = ['node', 'my core.js'], run }: VectorsSample): VectorsReport =>
  createVectorsReport(
    argv,
    { ...vectorsRun, ...run },
    Object.entries(judged).map(([id, judgement]) => {
      const { op, tests } = sampleFile().groups[1]!
      return { test: { id, file: id.split('/')[0]!, op, test: tests[0]! }, judgement }
    }),
  )

export const failed = (failure: VectorFailure): Judgement => ({ state: 'fail', failure })

const everyFailure: Readonly<Record<string, VectorFailure>> = {
  'a/wrong': { kind: 'wrong', step: 'okm', expected: '"cd"', got: '"ab"', mistake: 'a mistake' },
  'a/missing': { kind: 'missing', step: 'okm', expected: '"cd"' },
  'a/accepted': { kind: 'accepted', layer: 'schema' },
  'b/rejected': { kind: 'rejected' },
  'b/malformed': { kind: 'malformed', what: 'not a line of JSON', line: 'hello' },
  'b/endless': { kind: 'malformed', what: 'a line that does not end' },
  'b/hang': { kind: 'hang', ms: 5000 },
  'b/crash': { kind: 'crash', status: 'exit status 7', stderr: ['out of', 'luck'] },
}

const everyState: Readonly<Record<string, Judgement>> = {
  'a/pass': { state: 'pass' },
  ...Object.fromEntries(Object.entries(everyFailure).map(([id, failure]) => [id, failed(failure)])),
  'c/unsupported': { state: 'unsupported' },
  'c/blocked': { state: 'blocked' },
  'c/skipped': { state: 'skipped' },
}

/** Reports that differ in what they come to, by what they are. */
export const vectorsSamples: Readonly<Record<string, VectorsReport>> = {
  'every state': sampleVectorsReport({ judged: everyState }),
  'all passed': sampleVectorsReport({ judged: { 'a/one': { state: 'pass' }, 'b/one': { state: 'pass' } } }),
  'passed and skipped': sampleVectorsReport({ judged: { 'a/one': { state: 'pass' }, 'a/two': { state: 'skipped' } } }),
  'passed and unsupported': sampleVectorsReport({
    judged: { 'a/one': { state: 'pass' }, 'a/two': { state: 'unsupported' } },
  }),
  'passed and blocked': sampleVectorsReport({ judged: { 'a/one': { state: 'pass' }, 'a/two': { state: 'blocked' } } }),
  'nothing but skipped': sampleVectorsReport({ judged: { 'a/one': { state: 'skipped' } } }),
  'nothing at all': sampleVectorsReport({ judged: {} }),
}
