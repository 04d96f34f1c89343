import type { SessionMessage } from '../../schemas/index.js'
import type { Guard } from '../bytes/guard.js'
import type { JsonValue } from '../bytes/json.js'
import { responseGuards, type ResponseGuards } from '../handshake/verify-response.js'
import { cardGuards, type CardGuard } from '../identity/card-guards.js'
import { honestParts, type Parts } from '../parts.js'
import type {
  Answer,
  BatchChannel,
  Channel,
  ChannelOptions,
  Conversation,
  ConversationChannel,
  OutgoingBatch,
  OutgoingMessage,
  Transport,
} from '../transport/channel.js'
import { answerGuards, batchAnswerGuards, type AnswerContext, type BatchAnswerContext } from './answer-guards.js'
import { chunkGuards, type ChunkContext } from './chunk-guards.js'
import { requestEncoding } from './encoding.js'
import { initiatorStreamParts, type InitiatorStreamParts } from './initiator-stream-parts.js'
import { openAnswer } from './sealed-request.js'

/** Every check of an initiator, in the order in which they are made. */
export interface InitiatorGuards {
  /** The agent card. */
  readonly card: readonly CardGuard[]
  /** The answer to a handshake, before and after its key is used. */
  readonly response: ResponseGuards
  /** The answer to a request, before its record is opened. */
  readonly answer: readonly Guard<AnswerContext, 'peer_rejected'>[]
  /** A chunk of a stream whose record has opened. */
  readonly chunk: readonly Guard<ChunkContext, 'peer_rejected'>[]
  /** The answer to a batch as a whole. */
  readonly batchAnswer: readonly Guard<BatchAnswerContext, 'peer_rejected'>[]
}

/** What an initiator decides by itself, step by step, so that each can be replaced to make one that is wrong on purpose. */
export interface InitiatorParts {
  /** How a channel to the responder is opened. */
  readonly open: (transport: Transport, endpoint: URL, options: ChannelOptions) => Promise<Channel>
  /** How a message gets to the responder and its answer back: once, to one address (http.no-redirect, message.no-resend). */
  readonly exchange: (channel: Channel, message: OutgoingMessage) => Promise<Answer>
  /** How a stream is opened: once, at one address (message.no-resend). */
  readonly converse: (channel: ConversationChannel, opening: OutgoingMessage) => Promise<Conversation>
  /** How a batch gets to the responder, and its answer back: once, to one address. */
  readonly exchangeBatch: (channel: BatchChannel, batch: OutgoingBatch) => Promise<Answer>
  /** The responses of a batch in the order of its messages (batch.response-places). */
  readonly placeResponses: (
    responses: readonly JsonValue[],
    messages: readonly SessionMessage[],
  ) => readonly (JsonValue | undefined)[]
  /** The coding of a request (gzip.declared, gzip.small). */
  readonly requestEncoding: typeof requestEncoding
  /** What an answer to a request comes to. */
  readonly openAnswer: typeof openAnswer
}

/** Where an initiator can be made wrong on purpose, in one place at a time. */
export interface InitiatorSeams {
  readonly parts: Parts
  readonly initiatorParts: InitiatorParts
  readonly streamParts: InitiatorStreamParts
  readonly guards: InitiatorGuards
}

/** The initiator as the specification has it. */
export const honestInitiatorSeams: InitiatorSeams = {
  parts: honestParts,
  initiatorParts: {
    open: (transport, endpoint, options) => transport.open(endpoint, options),
    exchange: (channel, message) => channel.exchange(message),
    converse: (channel, opening) => channel.converse(opening),
    exchangeBatch: (channel, batch) => channel.exchangeBatch(batch),
    placeResponses: responses => responses,
    requestEncoding,
    openAnswer,
  },
  streamParts: initiatorStreamParts,
  guards: {
    card: cardGuards,
    response: responseGuards,
    answer: answerGuards,
    chunk: chunkGuards,
    batchAnswer: batchAnswerGuards,
  },
}
