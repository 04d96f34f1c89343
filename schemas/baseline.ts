import { Type, type Static } from '@sinclair/typebox'
import { closed } from './forms.js'
import { transports } from './transports.js'

/** A check that is known to fail over one transport, for one reason. */
export const KnownFailure = Type.Object(
  {
    check: Type.String({ minLength: 1 }),
    transport: Type.Union(transports.map(transport => Type.Literal(transport))),
    reasonCode: Type.String({ minLength: 1, description: 'as in the report' }),
    cases: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        uniqueItems: true,
        description: 'the cases that fail where others do not; without it, any of them may',
      }),
    ),
    note: Type.Optional(Type.String({ description: 'by a person, for people; kept when the file is written anew' })),
  },
  { additionalProperties: false },
)

/** Type of {@link KnownFailure}. */
export type KnownFailure = Static<typeof KnownFailure>

/** What `--baseline` takes and `--write-baseline` writes: it names no target. */
export const Baseline = Type.Object(
  {
    baseline: Type.Literal('sage-conformance/1'),
    known: Type.Array(KnownFailure, { description: 'by check, then transport; each pair of them once' }),
  },
  closed('baseline', 'Known failures, which do not fail a run of the SAGE conformance suite'),
)

/** Type of {@link Baseline}. */
export type Baseline = Static<typeof Baseline>
