import type { SessionMessage } from '../../../schemas/index.js'
import { isJsonObject, type JsonValue } from '../../../reference/bytes/json.js'
import { initiator, mutant, type InitiatorMutant } from './mutant.js'

const namedIn = (responses: readonly JsonValue[], { id }: SessionMessage): JsonValue | undefined =>
  responses.find(response => isJsonObject(response) && response['message_id'] === id)

/** Initiators that are wrong in what they take from the answer to a batch. */
export const batchMutants: readonly InitiatorMutant[] = [
  mutant(
    'initiator-batch-responses-by-name',
    ['batch.response-places/exchanged'],
    initiator(() => ({
      placeResponses: (responses, messages) => messages.map(message => namedIn(responses, message)),
    })),
  ),
]
