import { Type, type Static } from '@sinclair/typebox'
import { closed } from './forms.js'
import { plain, Text } from './report-parts.js'

const ProvenBy = Type.Array(Text, { description: 'names of the broken agents and cores that it finds out' })

const Sentence = Type.Object(
  {
    id: Text,
    level: Text,
    role: Text,
    chapter: Type.String({ description: 'name of the file in spec/, without its ending' }),
    line: Type.Integer({ minimum: 1 }),
    text: Type.String({ description: 'Markdown' }),
  },
  plain,
)

const Check = Type.Object(
  {
    id: Text,
    requirement: Text,
    also: Type.Array(Text, { description: 'further requirements that it judges' }),
    by: Type.Union([Type.Literal('run'), Type.Literal('run-client')], { description: 'the command that makes it' }),
    cases: Type.Array(Text),
    notes: Type.Array(Text),
    provenBy: ProvenBy,
  },
  plain,
)

/** What `explain --json` answers. */
export const Explanation = Type.Object(
  {
    explanation: Type.Literal('sage-conformance/1'),
    id: Type.String({ description: 'as it was asked for' }),
    kind: Type.Union([Type.Literal('requirement'), Type.Literal('check')]),
    requirements: Type.Array(Sentence, { minItems: 1, description: 'the requirement, or those that the check judges' }),
    checks: Type.Array(Check),
    vectors: Type.Array(Type.Object({ id: Type.String({ description: 'file/test' }), provenBy: ProvenBy }, plain)),
    unobservable: Type.Optional(Type.String({ description: 'why no outsider can observe it' })),
    unjudged: Type.Optional(Type.String({ description: 'what will bring its judge' })),
  },
  closed('explanation', 'A requirement or a check of the SAGE conformance suite, and what judges it'),
)

/** Type of {@link Explanation}. */
export type Explanation = Static<typeof Explanation>
