import { Metadata, type SessionMessage, type Stream } from '../../schemas/index.js'
import { encodeBase64 } from '../bytes/base64.js'
import { enforce } from '../bytes/guard.js'
import { isSageError, SageError } from '../bytes/sage-error.js'
import { schemaParser } from '../bytes/schema.js'
import { isTask } from '../bytes/token.js'
import type { ResponseEnvelope } from '../message/aad.js'
import type { Parts } from '../parts.js'
import { MIN_RECORD_LENGTH } from '../session/record.js'
import type { Answer } from '../transport/channel.js'
import type { GZIP } from './encoding.js'
import { readAnswer } from './initiate.js'
import type { InitiatorSeams } from './initiator-seams.js'
import type { LiveSession } from './live-session.js'
import { TaskFailure } from './tasks.js'

/** What an initiator asks for. */
export interface RequestContent {
  /** A token that no request in flight has (message.id-unique). */
  readonly id: string
  readonly task: string
  readonly plaintext: Uint8Array
  readonly metadata?: Metadata | undefined
  /** How the plaintext is to be compressed. */
  readonly encoding?: typeof GZIP | undefined
  readonly stream?: Stream | undefined
  /** Bytes that the peer takes in one message, and in one plaintext. */
  readonly maxBytes: number
}

/** A request whose record is sealed. */
export interface SealedRequest {
  readonly message: SessionMessage
  readonly record: Uint8Array
  /** Bytes that the plaintext of its answer may have. */
  readonly maxBytes: number
}

const checkTask = (task: string): string => {
  if (!isTask(task)) throw new SageError('configuration', 'not the name of a task')
  return task
}

const parseMetadata = schemaParser(Metadata, 'set of metadata')

const checkMetadata = (metadata: Metadata): Metadata => {
  try {
    return parseMetadata(metadata)
  } catch (cause) {
    throw new SageError('configuration', 'metadata are up to 32 names with printable values', { cause })
  }
}

const tooLarge = (): SageError =>
  new SageError('payload_too_large', 'the message would be larger than the peer accepts; it was not sent')

/**
 * Seals a request into the next record of its session.
 * @throws SageError `configuration` for a name of no task or wrong metadata, `payload_too_large` over `maxBytes`,
 * `session_closed`
 */
export const sealRequest = async (
  live: LiveSession,
  { id, task, plaintext, metadata, encoding, stream, maxBytes }: RequestContent,
  parts: Parts,
): Promise<SealedRequest> => {
  const envelope = {
    id,
    context_id: live.contextId,
    task_id: checkTask(task),
    did: live.initDid,
    kid: live.kid,
    ...(metadata && { metadata: checkMetadata(metadata) }),
    ...(encoding && { encoding }),
    ...(stream && { stream }),
  }
  if (plaintext.length > maxBytes) throw tooLarge()
  const content = encoding === undefined ? plaintext : await parts.deflate(plaintext)
  const frame = JSON.stringify({ ...envelope, payload: '' }).length
  if (frame + 4 * Math.ceil((content.length + MIN_RECORD_LENGTH) / 3) > maxBytes) throw tooLarge()
  const record = live.seal(content, parts.requestAad(envelope, parts))
  return { message: { ...envelope, payload: encodeBase64(record) }, record, maxBytes }
}

/** The error of a request of which nobody can say whether it was carried out. */
export const unknownOutcome = (cause: unknown): SageError =>
  new SageError('outcome_unknown', 'no authenticated answer came: the request may have been carried out', { cause })

/** Is this error one that the peer itself has said, inside a record? */
export const isAuthenticated = (error: SageError): boolean => error.cause instanceof TaskFailure

/** A response that is honoured. */
export interface OpenedResponse {
  readonly envelope: ResponseEnvelope
  /** The authenticated error, where the response is one. */
  readonly error?: SageError
  readonly plaintext: Uint8Array
}

/** Opens a response to a request. @throws SageError of any code for one that is not to be honoured */
export const openResponse = async (
  live: LiveSession,
  answer: Answer,
  { message, record, maxBytes }: SealedRequest,
  { parts, guards }: InitiatorSeams,
): Promise<OpenedResponse> => {
  const received = readAnswer(answer, parts)
  if (received.kind === 'plain') throw new SageError(received.response.error, 'a plain error')
  if (received.kind !== 'session') throw new SageError('peer_rejected', 'the answer is not one to a request')
  const { data: _data, ...envelope } = received.response
  enforce(guards.answer, { status: answer.status, envelope, message })
  const callerAad = parts.responseAad(envelope, parts.requestHash(record, parts), parts)
  const { plaintext: content } = live.receive(callerAad, received.record)
  live.touch()
  const plaintext = envelope.encoding === undefined ? content : await parts.inflate(content, maxBytes)
  if (envelope.success) return { envelope, plaintext }
  const cause = new TaskFailure(plaintext)
  const error = new SageError(envelope.error, 'the peer answered with an authenticated error', { cause })
  return { envelope, plaintext, error }
}

/**
 * The plaintext of the answer to a request (message.response-honoured).
 * @throws SageError the code of an authenticated error; `outcome_unknown` for an answer that is not to be honoured
 */
export const openAnswer = async (
  live: LiveSession,
  answer: Answer,
  request: SealedRequest,
  seams: InitiatorSeams,
): Promise<Uint8Array> => {
  let opened: OpenedResponse
  try {
    opened = await openResponse(live, answer, request, seams)
  } catch (cause) {
    throw isSageError(cause) ? unknownOutcome(cause) : cause
  }
  if (opened.error !== undefined) throw opened.error
  return opened.plaintext
}
