import { Type, type Static } from '@sinclair/typebox'
import { closed } from './forms.js'
import { Count, Digest, judgedBy, plain, Text } from './report-parts.js'

const Expected = Type.String({ description: 'JSON text' })
const Got = Type.String({ description: 'JSON text, cut where it is much longer than the expected one' })

const failure = <Kind extends string, Members extends Parameters<typeof Type.Object>[0]>(
  kind: Kind,
  members: Members,
  description: string,
) => Type.Object({ kind: Type.Literal(kind), ...members }, { ...plain, description })

const Failure = Type.Union([
  failure(
    'wrong',
    {
      step: Type.String({ description: 'the first member, in the order of derivation, that differs' }),
      expected: Expected,
      got: Got,
      mistake: Type.Optional(Type.String({ description: 'the known mistake that makes this value' })),
    },
    'a value is another',
  ),
  failure('missing', { step: Text, expected: Expected }, 'the answer lacks a member of the output'),
  failure('accepted', { layer: Text }, 'accepted what must be rejected, by the layer that is named'),
  failure('rejected', {}, 'rejected what must be accepted'),
  failure(
    'malformed',
    { what: Text, line: Type.Optional(Type.String({ description: 'as much of it as is kept' })) },
    'the answer does not speak the line protocol',
  ),
  failure('hang', { ms: Count }, 'no answer in so many milliseconds'),
  failure(
    'crash',
    {
      status: Type.String({ description: 'such as `exit status 1`' }),
      stderr: Type.Array(Text, { description: 'the last lines' }),
    },
    'the process ended without an answer',
  ),
])

const about = {
  seconds: Type.Optional(
    Type.Number({ minimum: 0, description: 'from question to answer; absent where none was asked' }),
  ),
  test: Type.String({ description: 'file/test' }),
  op: Text,
  requirements: Type.Array(Text),
}
const Result = Type.Union([
  Type.Object(
    {
      ...about,
      state: Type.Union([
        Type.Literal('pass'),
        Type.Literal('unsupported', { description: 'the command does not know the op' }),
        Type.Literal('blocked', {
          description: 'not asked: the command had to be restarted too often, or the run was interrupted',
        }),
        Type.Literal('skipped', { description: 'left out by the caller' }),
      ]),
    },
    plain,
  ),
  Type.Object(
    {
      ...about,
      state: Type.Literal('fail'),
      comment: Type.String({ description: 'what the test is about' }),
      failure: Failure,
    },
    plain,
  ),
])

/** The report of `sage-conformance vectors run`: everything else that is reported is made from it. */
export const VectorsReport = Type.Object(
  {
    report: Type.Literal('sage-conformance/1'),
    command: Type.Literal('vectors run', { description: 'what made it' }),
    ...judgedBy,
    target: Type.Object(
      { argv: Type.Array(Text, { description: 'the command that was started, word by word' }) },
      plain,
    ),
    run: Type.Object(
      {
        startedAt: Text,
        seconds: Type.Number({ minimum: 0 }),
        only: Type.Array(Text),
        skip: Type.Array(Text),
        timeoutMs: Count,
        interrupted: Type.Optional(Type.Literal(true, { description: 'told to end before everything was asked' })),
      },
      plain,
    ),
    verdict: Type.Union([Type.Literal('conformant'), Type.Literal('not conformant'), Type.Literal('incomplete')]),
    exitStatus: Type.Integer({ minimum: 0, maximum: 4 }),
    counts: Type.Object({ pass: Count, fail: Count, unsupported: Count, blocked: Count, skipped: Count }, plain),
    results: Type.Array(Result),
    digest: Digest,
  },
  closed('vectors-report', 'Report of a run of the SAGE test vectors against a cryptographic core'),
)

/** Type of {@link VectorsReport}. */
export type VectorsReport = Static<typeof VectorsReport>
/** What came of one test. */
export type VectorResult = VectorsReport['results'][number]
/** Why a test failed. */
export type VectorFailure = Static<typeof Failure>
