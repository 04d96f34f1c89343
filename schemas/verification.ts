import { Type, type Static } from '@sinclair/typebox'
import { closed } from './forms.js'
import { Count, Digest, plain, Text } from './report-parts.js'

const head = {
  verification: Type.Literal('sage-conformance/1'),
  file: Text,
}

/** What `verify --json` answers. */
export const Verification = Type.Union(
  [
    Type.Object(
      {
        ...head,
        holds: Type.Literal(true),
        verdict: Text,
        exitStatus: Type.Integer({ minimum: 0, maximum: 4 }),
        checks: Count,
        cutShort: Type.Integer({ minimum: 0, description: 'checks that were, and cannot be judged again' }),
        target: Type.String({ description: 'DID, or URL where none is known' }),
        startedAt: Text,
        problem: Type.Optional(Type.String({ description: 'why nothing was judged' })),
        digest: Digest,
      },
      plain,
    ),
    Type.Object({ ...head, holds: Type.Literal(false), where: Text, what: Text }, plain),
  ],
  { $id: closed('verification', '').$id, title: 'Whether a report of the SAGE conformance suite holds' },
)

/** Type of {@link Verification}. */
export type Verification = Static<typeof Verification>
