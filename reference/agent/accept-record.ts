import type { SessionResponse } from '../../schemas/index.js'
import { encodeBase64 } from '../bytes/base64.js'
import { enforce } from '../bytes/guard.js'
import { readBe64 } from '../bytes/integers.js'
import { authenticationFailed, isSageError, SageError } from '../bytes/sage-error.js'
import type { ResponseEnvelope } from '../message/aad.js'
import type { ReceivedSessionMessage } from '../message/envelope.js'
import { MIN_RECORD_LENGTH, openRecord } from '../session/record.js'
import type { Arrival } from '../transport/exchange.js'
import type { LiveSession } from './live-session.js'
import type { ResponderState } from './responder-state.js'
import { failed, runTask, type OpenedRequest, type TaskOutcome } from './run-task.js'
import { windowRefusal, type SessionContext } from './session-guards.js'

interface Accepted {
  readonly session: LiveSession
  readonly plaintext: Uint8Array
}

/**
 * Opens the record of a session message, in the order of error.precedence. Nothing in here waits, so that the look at the
 * window and the mark are one step (record.once); nothing changes before the last guard has passed
 * (record.failure-leaves-no-trace).
 * @throws SageError `session_unknown` or `authentication_failed`
 */
const accept = ({ message, record }: ReceivedSessionMessage, arrival: Arrival, state: ResponderState): Accepted => {
  const { parts, guards, limits } = state
  const session = state.sessions.find(message.kid)
  const seq = record.length < 8 ? 0n : readBe64(record)
  const refusedBy = session && windowRefusal(session, seq, limits)
  const context: SessionContext = { message, record, seq, session, limits, refusedBy, arrival }
  enforce(guards.session, context)
  // The guards have said so already, unless one is missing.
  if (session === undefined) throw authenticationFailed()
  const callerAad = parts.requestAad(message, parts)
  const { plaintext } = openRecord({ key: session.openKey, callerAad, record }, parts)
  enforce(guards.opened, context)
  state.responderParts.recordAccepted(session)
  arrival.accepted()
  return { session, plaintext }
}

const base64Length = (bytes: number): number => 4 * Math.ceil(bytes / 3)

const envelopeOf = ({ message }: OpenedRequest, outcome: TaskOutcome): ResponseEnvelope => {
  const names = { message_id: message.id, task_id: message.task_id, kid: message.kid }
  return outcome.success ? { success: true, ...names } : { success: false, ...names, error: outcome.error }
}

const isTooLarge = (envelope: ResponseEnvelope, plaintext: Uint8Array, maxBytes: number): boolean => {
  const frame = JSON.stringify({ ...envelope, data: '' }).length
  return frame + base64Length(plaintext.length + MIN_RECORD_LENGTH) > maxBytes
}

/** Seals the answer. @throws SageError `session_unknown` when the session has no record left for it */
const answer = (
  request: OpenedRequest,
  record: Uint8Array,
  outcome: TaskOutcome,
  state: ResponderState,
): SessionResponse => {
  const { parts, limits } = state
  const envelope = envelopeOf(request, outcome)
  if (isTooLarge(envelope, outcome.plaintext, limits.maxMessageBytes))
    return answer(request, record, failed('payload_too_large'), state)
  const callerAad = parts.responseAad(envelope, parts.requestHash(record, parts), parts)
  try {
    return { ...envelope, data: encodeBase64(request.session.seal(outcome.plaintext, callerAad)) }
  } catch (cause) {
    throw isSageError(cause, 'session_closed')
      ? new SageError('session_unknown', 'the session has ended', { cause })
      : cause
  }
}

/**
 * Answers a session message.
 * @throws SageError `session_unknown` or `authentication_failed` when its record does not open; from then on every error is
 * in the response
 */
export const acceptRecord = async (
  received: ReceivedSessionMessage,
  arrival: Arrival,
  state: ResponderState,
): Promise<SessionResponse> => {
  const { session, plaintext } = accept(received, arrival, state)
  const { message, record } = received
  session.begin()
  try {
    const request = { message, plaintext, session, signal: arrival.signal }
    const outcome = await runTask(request, state)
    const response = answer(request, record, outcome, state)
    const task = state.tasks.has(message.task_id) ? message.task_id : 'unknown'
    state.log({ event: 'task', did: message.did, task, outcome: response.success ? 'success' : response.error })
    return response
  } finally {
    session.finish()
  }
}
