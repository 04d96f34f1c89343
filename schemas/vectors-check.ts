import { Type, type Static } from '@sinclair/typebox'
import { closed } from './forms.js'
import { Count, plain, Text } from './report-parts.js'

const Finding = Type.Object(
  {
    where: Type.String({ description: 'file, or file/test' }),
    message: Text,
    step: Type.Optional(Type.String({ description: 'member of the steps or of the output that differs' })),
    expected: Type.Optional(Type.String({ description: 'JSON text' })),
    got: Type.Optional(Type.String({ description: 'JSON text' })),
  },
  plain,
)

/** What `vectors check --json` answers. */
export const VectorsCheck = Type.Object(
  {
    vectorsCheck: Type.Literal('sage-conformance/1'),
    ok: Type.Boolean({ description: 'nothing was found' }),
    files: Type.Array(
      Type.Object(
        {
          name: Text,
          counts: Type.Optional(Type.Object({ tests: Count, accept: Count, reject: Count }, plain)),
          findings: Type.Array(Finding),
        },
        plain,
      ),
    ),
  },
  closed('vectors-check', 'What came of deriving the SAGE test vectors again'),
)

/** Type of {@link VectorsCheck}. */
export type VectorsCheck = Static<typeof VectorsCheck>
