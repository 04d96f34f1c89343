import { authenticatedErrorCodes, type AuthenticatedErrorCode, type Stream } from '../../schemas/index.js'
import { enforce } from '../bytes/guard.js'
import { isSageError } from '../bytes/sage-error.js'
import type { ReceivedSessionMessage } from '../message/envelope.js'
import type { Arrival, Reply } from '../transport/exchange.js'
import type { LiveSession } from './live-session.js'
import type { ResponderState } from './responder-state.js'
import { ResponderStream } from './responder-stream.js'
import { sealResponse } from './seal-response.js'
import { isChunk } from './stream-state.js'

/** A message with a `stream` whose record has opened. */
export interface StreamedRequest {
  readonly received: ReceivedSessionMessage
  /** Its `stream`. */
  readonly member: Stream
  readonly plaintext: Uint8Array
  readonly session: LiveSession
  readonly arrival: Arrival
}

const NOTHING = new Uint8Array()

async function* just<Value>(value: Value): AsyncGenerator<Value> {
  yield value
}

/** The one response to a message that names no live stream. */
const answer = (
  { received, member, session }: StreamedRequest,
  error: AuthenticatedErrorCode | undefined,
  { parts }: ResponderState,
): Reply => {
  const { message, record } = received
  const stream = { id: member.id, seq: 0, end: true }
  const names = { message_id: message.id, task_id: message.task_id, kid: message.kid, stream }
  const envelope =
    error === undefined ? { success: true as const, ...names } : { success: false as const, ...names, error }
  return {
    kind: 'stream',
    message: received,
    responses: just(sealResponse(session, envelope, NOTHING, record, parts)),
  }
}

const silence = (what: 'continuation' | 'late control', request: StreamedRequest, state: ResponderState): Reply =>
  state.streamParts.isAnswered(what) ? answer(request, undefined, state) : { kind: 'none', message: request.received }

/** What is wrong with a request, in the order of error.precedence. */
const refusalOf = (
  { received: { message }, member, plaintext, session, arrival }: StreamedRequest,
  live: ResponderStream | undefined,
  { guards, tasks, streamTasks, capabilities, limits, streams }: ResponderState,
  connection: object,
): AuthenticatedErrorCode | undefined => {
  const streamTask = streamTasks.get(message.task_id)
  const task = { message, plaintext, task: streamTask ?? tasks.get(message.task_id), capabilities }
  const { transport } = arrival
  try {
    enforce(guards.task, task)
    const open = streams.of(connection)
    const stream = { message, member, plaintext, transport, live: live?.counts, task: streamTask, session, limits }
    enforce(guards.stream, { ...stream, streams: open })
    if (live === undefined) enforce(guards.arguments, task)
    return undefined
  } catch (error) {
    const code = isSageError(error) ? authenticatedErrorCodes.find(code => code === error.code) : undefined
    if (code === undefined) throw error
    return code
  }
}

const open = (request: StreamedRequest, connection: object, state: ResponderState): Reply => {
  const { received, member, plaintext, session, arrival } = request
  const task = state.streamTasks.get(received.message.task_id)
  // The guards have said so already, unless one is missing.
  if (task === undefined || !isChunk(member)) return answer(request, 'internal', state)
  const about = { opening: received, transport: arrival.transport, connection }
  const stream = new ResponderStream({ about, session, task, state, signal: arrival.signal })
  stream.take(member, plaintext, received)
  return { kind: 'stream', message: received, responses: stream.responses() }
}

const goOn = (stream: ResponderStream, request: StreamedRequest, state: ResponderState): Reply => {
  const { received, member, plaintext } = request
  if (isChunk(member)) stream.take(member, plaintext, received)
  else if ('credit' in member) stream.raise(member.credit)
  else state.streamParts.cancel(stream)
  return silence('continuation', request, state)
}

/**
 * Takes a message with a `stream`: opens a stream with it, or puts it into the live one that it names. What is wrong with
 * it ends that stream, or is answered where there is none (stream.violation-contained).
 * @throws SageError `session_unknown` when the session has no record left for an answer
 */
export const acceptStream = (request: StreamedRequest, state: ResponderState): Reply => {
  const { received, member, arrival, session } = request
  const { message } = received
  const connection = state.streamParts.ownerOf(arrival.connection)
  const live = state.streams.of(connection).find(message.kid, member.id)
  if (live === undefined && !isChunk(member) && arrival.transport === 'ws')
    return silence('late control', request, state)
  const error = refusalOf(request, live, state, connection)
  if (error === undefined) return live === undefined ? open(request, connection, state) : goOn(live, request, state)
  if (live !== undefined) {
    state.streamParts.violated(live, error)
    return silence('continuation', request, state)
  }
  const task = state.streamTasks.has(message.task_id) ? message.task_id : 'unknown'
  state.log({ event: 'task', did: session.initDid, task, outcome: error })
  return answer(request, error, state)
}
