import { Type, type Static } from '@sinclair/typebox'
import { closed } from './forms.js'
import { Limits } from './limits.js'
import { PlainError, SessionResponse } from './session.js'

/**
 * Body of a batch (batch.md). Its elements are judged one by one, so that nothing is said of them here: what is no session
 * message is answered in its place.
 */
export const Batch = Type.Object(
  {
    messages: Type.Array(Type.Unknown(), {
      description: 'session messages, up to maxBatch of them',
      minItems: 1,
      maxItems: Limits.properties.maxBatch.maximum!,
    }),
  },
  closed('batch', 'SAGE 1.0 batch'),
)

/** Body of the answer to a batch: a response for each of its messages, in their order. */
export const BatchResponse = Type.Object(
  {
    responses: Type.Array(Type.Union([SessionResponse, PlainError]), {
      minItems: 1,
      maxItems: Limits.properties.maxBatch.maximum!,
    }),
  },
  closed('batch-response', 'SAGE 1.0 batch response'),
)

/** Type of {@link Batch}. */
export type Batch = Static<typeof Batch>
/** Type of {@link BatchResponse}. */
export type BatchResponse = Static<typeof BatchResponse>
