import {
  authenticatedErrorCodes,
  type AuthenticatedErrorCode,
  type SessionResponse,
  type Stream,
} from '../../schemas/index.js'
import { enforce, type Later } from '../bytes/guard.js'
import { isSageError } from '../bytes/sage-error.js'
import type { ReceivedSessionMessage } from '../message/envelope.js'
import type { Arrival, Reply } from '../transport/exchange.js'
import { GZIP } from './encoding.js'
import { inflateRequest } from './inflate-request.js'
import type { LiveSession } from './live-session.js'
import type { ResponderState } from './responder-state.js'
import { ResponderStream } from './responder-stream.js'
import { sealInTurn } from './seal-response.js'
import { isChunk } from './stream-state.js'
import type { TaskContext } from './tasks.js'

/** A message with a `stream` whose record has opened. */
export interface StreamedRequest {
  readonly received: ReceivedSessionMessage
  /** Its `stream`. */
  readonly member: Stream
  readonly plaintext: Uint8Array
  readonly session: LiveSession
  readonly arrival: Arrival
  /** Whose streams it belongs to. */
  readonly connection: object
}

const NOTHING = new Uint8Array()

async function* just<Value>(value: Value): AsyncGenerator<Value> {
  yield value
}

/** The one response to a message that names no live stream. */
const answer = (
  { received, member, session }: StreamedRequest,
  error: AuthenticatedErrorCode | undefined,
  { parts, streamParts }: ResponderState,
): Later<Reply> => {
  const { message, record } = received
  const stream = streamParts.only(member.id)
  const names = { message_id: message.id, task_id: message.task_id, kid: message.kid, stream }
  const envelope =
    error === undefined ? { success: true as const, ...names } : { success: false as const, ...names, error }
  const sealing = sealInTurn(session, envelope, NOTHING, record, parts)
  const replyWith = (response: SessionResponse): Reply => ({
    kind: 'stream',
    message: received,
    responses: just(response),
  })
  return sealing instanceof Promise ? sealing.then(replyWith) : replyWith(sealing)
}

const silence = (
  what: 'continuation' | 'late control',
  request: StreamedRequest,
  state: ResponderState,
): Later<Reply> =>
  state.streamParts.isAnswered(what, request.received.message)
    ? answer(request, undefined, state)
    : { kind: 'none', message: request.received }

/** The code with which a check refuses. @throws what is no refusal */
const refusalBy = (check: () => void): AuthenticatedErrorCode | undefined => {
  try {
    check()
    return undefined
  } catch (error) {
    return refusalCode(error)
  }
}

const refusalCode = (error: unknown): AuthenticatedErrorCode => {
  const code = isSageError(error) ? authenticatedErrorCodes.find(code => code === error.code) : undefined
  if (code === undefined) throw error
  return code
}

const taskContext = (
  { received: { message }, plaintext }: StreamedRequest,
  { tasks, streamTasks, capabilities }: ResponderState,
): TaskContext => {
  const { task_id: name } = message
  return { message, plaintext, task: streamTasks.get(name) ?? tasks.get(name), capabilities }
}

const liveStream = ({ received, member, connection }: StreamedRequest, { streams }: ResponderState) =>
  streams.of(connection).find(received.message.kid, member.id)

/** What is wrong with a request whose plaintext is known. */
const streamRefusal = (request: StreamedRequest, state: ResponderState): AuthenticatedErrorCode | undefined => {
  const { received, member, plaintext, session, arrival, connection } = request
  const { message } = received
  const { guards, streamTasks, limits, streams } = state
  const live = liveStream(request, state)?.counts
  const context = { message, member, plaintext, transport: arrival.transport, live, session, limits }
  return refusalBy(() => {
    enforce(guards.stream, { ...context, task: streamTasks.get(message.task_id), streams: streams.of(connection) })
    if (live === undefined) enforce(guards.arguments, taskContext(request, state))
  })
}

const open = (request: StreamedRequest, state: ResponderState): Later<Reply> => {
  const { received, member, plaintext, session, arrival, connection } = request
  const task = state.streamTasks.get(received.message.task_id)
  // The guards have said so already, unless one is missing.
  if (task === undefined || !isChunk(member)) return answer(request, 'internal', state)
  const about = { opening: received, transport: arrival.transport, connection }
  const stream = new ResponderStream({ about, session, task, state, signal: arrival.signal() })
  stream.take(member, plaintext, received)
  return { kind: 'stream', message: received, responses: stream.responses() }
}

const goOn = (stream: ResponderStream, request: StreamedRequest, state: ResponderState): Later<Reply> => {
  const { received, member, plaintext } = request
  if (isChunk(member)) stream.take(member, plaintext, received)
  else if ('credit' in member) stream.raise(member.credit)
  else state.streamParts.cancel(stream)
  return silence('continuation', request, state)
}

/** What comes of a request of which is known what is wrong with it. */
const settle = (
  request: StreamedRequest,
  error: AuthenticatedErrorCode | undefined,
  state: ResponderState,
): Later<Reply> => {
  const live = liveStream(request, state)
  if (error === undefined) return live === undefined ? open(request, state) : goOn(live, request, state)
  if (live !== undefined) {
    state.streamParts.violated(live, error)
    return silence('continuation', request, state)
  }
  const { message } = request.received
  const task = state.streamTasks.has(message.task_id) ? message.task_id : 'unknown'
  state.log({ event: 'task', did: request.session.initDid, task, outcome: error })
  return answer(request, error, state)
}

/** Meanwhile its session may be closed, but it will be answered. */
const inflateAndSettle = async (request: StreamedRequest, state: ResponderState): Promise<Reply> => {
  const { received, session } = request
  session.begin()
  try {
    const { plaintext, release } = await inflateRequest(received.message, request.plaintext, state)
    try {
      const inflated = { ...request, plaintext }
      return settle(inflated, session.ended ? 'cancelled' : streamRefusal(inflated, state), state)
    } finally {
      // From here on the limit of what waits in streams holds.
      release()
    }
  } catch (error) {
    return settle(request, refusalCode(error), state)
  } finally {
    session.finish()
  }
}

const take = (request: StreamedRequest, state: ResponderState): Later<Reply> => {
  const { received, member, arrival } = request
  if (liveStream(request, state) === undefined && !isChunk(member) && arrival.transport === 'ws')
    return silence('late control', request, state)
  const error = refusalBy(() => enforce(state.guards.task, taskContext(request, state)))
  if (error === undefined && received.message.encoding === GZIP) return inflateAndSettle(request, state)
  return settle(request, error ?? streamRefusal(request, state), state)
}

/**
 * Takes a message with a `stream`: opens a stream with it, or puts it into the live one that it names. What is wrong with
 * it ends that stream, or is answered where there is none (stream.violation-contained). One message of a stream waits for
 * another that is being inflated; nothing else does.
 * @throws SageError `session_unknown` when the session has no record left for an answer
 */
export const acceptStream = (request: Omit<StreamedRequest, 'connection'>, state: ResponderState): Later<Reply> => {
  const connection = state.streamParts.ownerOf(request.arrival.connection)
  const { received, member } = request
  const streams = state.streams.of(connection)
  return streams.inTurn(received.message.kid, member.id, () => take({ ...request, connection }, state))
}
