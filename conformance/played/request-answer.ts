import { CLOSE_TASK, PING_TASK } from '../../schemas/index.js'
import { encodeBase64 } from '../probe/bytes/base64.js'
import type { Entropy } from '../probe/entropy.js'
import { store } from '../probe/gzip/writer.js'
import { sealRecord } from '../probe/session/record.js'
import { requestHashOf, responseAad } from '../probe/wire/aad.js'
import type { AnswerDraft, AnswerStage, Fault, WireResponse } from './fault.js'
import type { PlayedRequest, PlayedSession } from './played-session.js'
import { jsonReply, streamReply, textFrame, type Reply } from './reply.js'

const NOTHING = new Uint8Array(0)

/** The task that a run is about, and what an honest responder answers with. */
export interface PlayedTask {
  readonly task: string
  /** Answer to the nth request of the run with that task, from 0. */
  readonly answerOf: (index: number) => Uint8Array
  /** Chunks in which a stream is answered, the nth of them `answerOf` it. */
  readonly chunks: number
}

const outcomeOf = (
  request: PlayedRequest,
  { task, answerOf }: PlayedTask,
  index: number,
): Pick<AnswerDraft, 'success' | 'error' | 'plaintext'> => {
  switch (request.message.task_id) {
    case task:
      return { success: true, plaintext: answerOf(index) }
    case PING_TASK:
      return { success: true, plaintext: request.plaintext }
    case CLOSE_TASK:
      return { success: true, plaintext: NOTHING }
    default:
      return { success: false, error: 'task_unsupported', plaintext: NOTHING }
  }
}

/** An honest answer before it is sealed, not compressed, in the next record of its session. */
export const draftAnswer = (
  request: PlayedRequest,
  session: PlayedSession,
  played: PlayedTask,
  index: number,
  entropy: Entropy,
): AnswerDraft => {
  const { id, task_id, kid } = request.message
  return {
    message_id: id,
    task_id,
    kid,
    ...outcomeOf(request, played, index),
    key: session.keys.s2cEnc,
    seq: session.takeSeq(),
    nonce: entropy(12),
    requestHash: requestHashOf(request.record),
  }
}

/** An honest answer to a stream, in chunks, before they are sealed. */
export const draftChunks = (
  request: PlayedRequest,
  session: PlayedSession,
  played: PlayedTask,
  id: string,
  entropy: Entropy,
): AnswerDraft[] =>
  Array.from({ length: played.chunks }, (_, seq) => ({
    ...draftAnswer(request, session, played, seq, entropy),
    stream: { id, seq, end: seq === played.chunks - 1 },
  }))

/** Has it asked for an answer that is compressed? */
export const asksForGzip = ({ message: { encoding, metadata } }: PlayedRequest): boolean =>
  encoding === 'gzip' || metadata?.['accept-encoding'] === 'gzip'

/** An answer whose plaintext is a member, stored and not smaller. */
export const compress = (draft: AnswerDraft): AnswerDraft => ({
  ...draft,
  encoding: 'gzip',
  plaintext: store(draft.plaintext),
})

/** The answer of a draft, sealed. */
export const sealAnswer = ({ key, seq, nonce, plaintext, requestHash, ...fields }: AnswerDraft): WireResponse => {
  const record = sealRecord({ key, seq, nonce, plaintext, callerAad: responseAad(fields, requestHash) })
  return { ...fields, data: encodeBase64(record) }
}

/** Answers a request with the payload, with `fault` in it. */
export const answerPayload = (honest: AnswerDraft, fault: Fault, stage: AnswerStage): Reply => {
  const sealed = sealAnswer(fault.answer?.(honest, stage) ?? honest)
  const honestly = jsonReply(200, fault.answerEnvelope?.(sealed, stage) ?? sealed)
  const reply = fault.answerReply?.(honestly, stage) ?? honestly
  return fault.frames ? { ...reply, frames: fault.frames(textFrame(reply.body), stage) } : reply
}

/** Answers a stream, with `fault` in it. */
export const answerStream = (honest: readonly AnswerDraft[], fault: Fault, stage: AnswerStage): Reply => {
  const reply = streamReply((fault.chunks?.(honest, stage) ?? honest).map(sealAnswer))
  return fault.answerReply?.(reply, stage) ?? reply
}
