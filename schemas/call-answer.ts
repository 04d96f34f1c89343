import { Type, type Static } from '@sinclair/typebox'
import { closed, Did } from './forms.js'
import { plain, Text } from './report-parts.js'

const Peer = Type.Object(
  {
    did: Did,
    restsOn: Type.Union([Type.Literal('url'), Type.Literal('did')], {
      description: 'what says that it is the right one: the URL alone, or a DID that was expected',
    }),
    transport: Text,
  },
  plain,
)

/** What `call --json` answers. */
export const CallAnswer = Type.Object(
  {
    callAnswer: Type.Literal('sage-conformance/1'),
    task: Text,
    peer: Type.Optional(Peer),
    outcome: Type.Union([
      Type.Object(
        {
          kind: Type.Literal('answer', { description: 'authenticated' }),
          data: Type.String({ contentEncoding: 'base64', description: 'plaintext' }),
          text: Type.Optional(Type.String({ description: 'the plaintext, where it is UTF-8' })),
        },
        plain,
      ),
      Type.Object(
        {
          kind: Type.Literal('error'),
          code: Text,
          message: Text,
          authenticated: Type.Boolean({ description: 'the peer said so, in a record' }),
          data: Type.Optional(Type.String({ contentEncoding: 'base64', description: 'plaintext of the error' })),
        },
        plain,
      ),
    ]),
  },
  closed('call-answer', 'What came of asking a SAGE agent for one task'),
)

/** Type of {@link CallAnswer}. */
export type CallAnswer = Static<typeof CallAnswer>
