import type { Limits } from '../../schemas/index.js'
import type { Guard } from '../bytes/guard.js'
import type { JsonObject } from '../bytes/json.js'
import type { ReceivedMessage } from '../transport/exchange.js'

/** What the guards of a batch see: the JSON object, whose elements are nobody's concern yet. */
export interface BatchContext {
  readonly batch: JsonObject
  readonly limits: Limits
}

const hasShape = ({ batch: { messages, ...rest } }: BatchContext): boolean =>
  Array.isArray(messages) && messages.length > 0 && Object.keys(rest).length === 0

const isTooLong = ({ batch: { messages }, limits }: BatchContext): boolean =>
  Array.isArray(messages) && messages.length > limits.maxBatch

/** What a responder asks of a batch as a whole. */
export const batchGuards: readonly Guard<BatchContext>[] = [
  ['batch.malformed', context => (hasShape(context) ? undefined : 'malformed')],
  ['batch.limit', context => (isTooLong(context) ? 'payload_too_large' : undefined)],
]

/** What the guards of a batch's element see: a message. */
export interface ElementContext {
  readonly message: ReceivedMessage
}

const isRequest = ({ message }: ElementContext): boolean =>
  message.kind === 'session' && message.message.stream === undefined

/** What a responder asks of a message because it stands in a batch. */
export const elementGuards: readonly Guard<ElementContext>[] = [
  ['batch.not-a-request', context => (isRequest(context) ? undefined : 'malformed')],
]
