import type { Limits, SessionResponse } from '../../schemas/index.js'
import { enforce, type Later } from '../bytes/guard.js'
import { readBe64 } from '../bytes/integers.js'
import { authenticationFailed, SageError } from '../bytes/sage-error.js'
import type { ResponseEnvelope } from '../message/aad.js'
import type { ReceivedSessionMessage } from '../message/envelope.js'
import type { Arrival, Reply } from '../transport/exchange.js'
import { acceptStream } from './accept-stream.js'
import type { LiveSession } from './live-session.js'
import type { ResponderState } from './responder-state.js'
import { failed, runTask, type OpenedRequest, type TaskOutcome } from './run-task.js'
import { isChunk } from './stream-state.js'
import { responseSize, sealInTurn, surelyFits } from './seal-response.js'
import { windowRefusal, type SessionContext } from './session-guards.js'

interface Accepted {
  readonly session: LiveSession
  readonly seq: bigint
  readonly plaintext: Uint8Array
}

/** Is there room for what a message would have wait for a task? @throws SageError `unavailable` */
const checkRoom = ({ message, record }: ReceivedSessionMessage, arrival: Arrival, state: ResponderState): void => {
  if (message.stream === undefined || !isChunk(message.stream)) return
  const { bytes } = state.streams.of(arrival.connection)
  if (bytes + record.length > state.maxStreamBytes) throw new SageError('unavailable', 'no room for a chunk')
}

/**
 * Opens the record of a session message, in the order of error.precedence. Nothing in here waits, so that the look at the
 * window and the mark are one step (record.once); nothing changes before the last guard has passed
 * (record.failure-leaves-no-trace). Where the session is shared, its own mark comes after it.
 * @throws SageError `unavailable`, `session_unknown` or `authentication_failed`
 */
const open = (
  received: ReceivedSessionMessage,
  session: LiveSession | undefined,
  arrival: Arrival,
  state: ResponderState,
): Accepted => {
  const { message, record } = received
  const { parts, guards, limits } = state
  checkRoom(received, arrival, state)
  const seq = record.length < 8 ? 0n : readBe64(record)
  const refusedBy = session && windowRefusal(session, seq, limits)
  const context: SessionContext = { message, record, seq, session, limits, refusedBy, arrival }
  enforce(guards.session, context)
  // The guards have said so already, unless one is missing.
  if (session === undefined) throw authenticationFailed()
  const callerAad = parts.requestAad(message, parts)
  const { plaintext } = session.open(callerAad, record)
  enforce(guards.opened, context)
  return { session, seq, plaintext }
}

const envelopeOf = ({ message }: OpenedRequest, outcome: TaskOutcome): ResponseEnvelope => {
  const { id: message_id, task_id, kid } = message
  if (!outcome.success) return { success: false, message_id, task_id, kid, error: outcome.error }
  const { encoding } = outcome
  if (encoding === undefined) return { success: true, message_id, task_id, kid }
  return { success: true, message_id, task_id, kid, encoding }
}

const TOO_LARGE = failed('payload_too_large')

/** An outcome for which there is room. */
const fitting = async (
  request: OpenedRequest,
  outcome: TaskOutcome,
  { fits }: Arrival,
  { maxMessageBytes }: Limits,
): Promise<TaskOutcome> => {
  if (fits === undefined && surelyFits(outcome.plaintext, maxMessageBytes)) return outcome
  const sizeOf = (outcome: TaskOutcome): number => responseSize(envelopeOf(request, outcome), outcome.plaintext)
  const bytes = sizeOf(outcome)
  const isFitting = fits === undefined ? bytes <= maxMessageBytes : await fits(bytes, sizeOf(TOO_LARGE))
  return isFitting ? outcome : TOO_LARGE
}

/** Seals the answer. @throws SageError `session_unknown` when the session has no record left for it; `unavailable` */
const seal = (
  request: OpenedRequest,
  record: Uint8Array,
  outcome: TaskOutcome,
  { parts }: ResponderState,
): Later<SessionResponse> => {
  const envelope = envelopeOf(request, outcome)
  return sealInTurn(request.session, envelope, outcome.plaintext, record, parts)
}

const acceptIn = async (
  found: LiveSession | undefined,
  received: ReceivedSessionMessage,
  arrival: Arrival,
  state: ResponderState,
): Promise<Reply> => {
  const { session, seq, plaintext } = open(received, found, arrival, state)
  const marking = session.mark(seq)
  if (marking !== undefined) await marking
  state.responderParts.recordAccepted(session)
  arrival.accepted()
  const { message, record } = received
  if (message.stream !== undefined && state.capabilities.has('stream'))
    return acceptStream({ received, member: message.stream, plaintext, session, arrival }, state)
  session.begin()
  try {
    const request = { message, plaintext, session, arrival }
    const outcome = await fitting(request, await runTask(request, state), arrival, state.limits)
    const sealing = seal(request, record, outcome, state)
    const response = sealing instanceof Promise ? await sealing : sealing
    const task = state.tasks.has(message.task_id) ? message.task_id : 'unknown'
    state.log({ event: 'task', did: message.did, task, outcome: response.success ? 'success' : response.error })
    return { kind: 'session', body: response, message: received }
  } finally {
    session.finish()
  }
}

/** With a session that is found later, and is released once the message has its reply. */
const acceptLater = async (
  finding: Promise<LiveSession | undefined>,
  received: ReceivedSessionMessage,
  arrival: Arrival,
  state: ResponderState,
): Promise<Reply> => {
  const session = await finding
  try {
    return await acceptIn(session, received, arrival, state)
  } finally {
    session?.release()
  }
}

// No token has a space: these turns are others than those of a stream that is found.
const ARRIVAL = ' '

/**
 * Answers a session message.
 * @throws SageError `session_unknown` or `authentication_failed` when its record does not open; from then on every error is
 * in the response. `unavailable` where there is no room, or where a session is shared and cannot be had
 */
export const acceptRecord = (
  received: ReceivedSessionMessage,
  arrival: Arrival,
  state: ResponderState,
): Later<Reply> => {
  const { kid, stream } = received.message
  const found = state.sessions.find(kid, received.record)
  if (!(found instanceof Promise)) return acceptIn(found, received, arrival, state)
  if (stream === undefined) return acceptLater(found, received, arrival, state)
  // The messages of a stream stay in the order in which they came, however long each is looked for.
  found.catch(() => undefined)
  const turns = state.streams.of(arrival.connection)
  return turns.inTurn(kid, ARRIVAL + stream.id, () => acceptLater(found, received, arrival, state))
}
