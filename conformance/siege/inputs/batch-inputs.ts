import { Batch } from '../../../schemas/index.js'
import type { Input } from './input.js'
import { variantsOf, type Schema } from './schema-variants.js'
import type { Workshop } from './workshop.js'

/** Batches that are none, or too long: what is wrong with all of a batch is answered once, and names no message. */
export function* batchInputs(workshop: Workshop): Generator<Input> {
  const message = workshop.sealed()
  const of = (constraint: string, value: unknown, error: string): Input => ({
    kind: 'batch',
    constraint,
    isKept: false,
    body: JSON.stringify(value),
    id: undefined,
    route: 'http',
    isBatch: true,
    expected: [`plain:${error}`],
  })
  for (const { constraint, value } of variantsOf(Batch as Schema, { messages: [message as never] }, workshop.dice))
    yield of(constraint, value, 'malformed')
  yield of('batch#/properties/messages/minItems', { messages: [] }, 'malformed')
  const { maxBatch } = workshop.target.limits
  const many = Array.from({ length: maxBatch + 1 }, () => message)
  yield of('batch.limit', { messages: many }, 'payload_too_large')
}
