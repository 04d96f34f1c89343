import type { SessionMessage } from '../../schemas/index.js'
import type { Guard } from '../bytes/guard.js'
import type { JsonValue } from '../bytes/json.js'
import type { ResponseEnvelope } from '../message/aad.js'
import { asksForGzip, GZIP } from './encoding.js'

/** What an initiator looks at in the answer to a request, before it opens the record. */
export interface AnswerContext {
  /** Of HTTP; undefined where the transport has none. */
  readonly status: number | undefined
  readonly envelope: ResponseEnvelope
  /** The request that was posted. */
  readonly message: SessionMessage
}

const rejectIf = (wrong: boolean): 'peer_rejected' | undefined => (wrong ? 'peer_rejected' : undefined)

const isAsked = ({ encoding }: ResponseEnvelope, message: SessionMessage): boolean =>
  encoding === undefined || (encoding === GZIP && asksForGzip(message))

/** What an initiator asks of the answer to a request, one member at a time. */
export const answerGuards: readonly Guard<AnswerContext, 'peer_rejected'>[] = [
  ['message.response-honoured', ({ status }) => rejectIf(status !== undefined && status !== 200)],
  ['message.response-honoured', ({ envelope, message }) => rejectIf(envelope.message_id !== message.id)],
  ['message.response-honoured', ({ envelope, message }) => rejectIf(envelope.task_id !== message.task_id)],
  ['message.response-honoured', ({ envelope, message }) => rejectIf(envelope.kid !== message.kid)],
  ['gzip.response-unasked', ({ envelope, message }) => rejectIf(!isAsked(envelope, message))],
  ['stream.received-names', ({ envelope, message }) => rejectIf(envelope.stream?.id !== message.stream?.id)],
]

/** What an initiator looks at in the answer to a batch, before it looks at each response. */
export interface BatchAnswerContext {
  readonly messages: readonly SessionMessage[]
  readonly responses: readonly JsonValue[]
}

/** What an initiator asks of the answer to a batch. That each response stands in its place, its `message_id` says. */
export const batchAnswerGuards: readonly Guard<BatchAnswerContext, 'peer_rejected'>[] = [
  ['batch.response-places', ({ messages, responses }) => rejectIf(responses.length !== messages.length)],
]
