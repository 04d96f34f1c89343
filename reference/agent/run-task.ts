import {
  authenticatedErrorCodes,
  type AuthenticatedErrorCode,
  type Metadata,
  type SessionMessage,
} from '../../schemas/index.js'
import { enforce } from '../bytes/guard.js'
import { isSageError, SageError } from '../bytes/sage-error.js'
import { faultOf } from './agent-event.js'
import { compressAnswer, type Content } from './compress-answer.js'
import { inflateRequest, type Held } from './inflate-request.js'
import type { Arrival } from '../transport/exchange.js'
import type { LiveSession } from './live-session.js'
import type { ResponderState } from './responder-state.js'
import { TaskFailure, type TaskRequest } from './tasks.js'

/** What came of a request whose record has opened. */
export type TaskOutcome =
  | ({ readonly success: true } & Content)
  | { readonly success: false; readonly error: AuthenticatedErrorCode; readonly plaintext: Uint8Array }

/** A request whose record has opened. */
export interface OpenedRequest {
  readonly message: SessionMessage
  readonly plaintext: Uint8Array
  readonly session: LiveSession
  readonly arrival: Arrival
}

const NOTHING = new Uint8Array()

/** The failure with an error of the registry; only an application says anything with it (error.empty-plaintext). */
export const failed = (error: AuthenticatedErrorCode, plaintext: Uint8Array = NOTHING): TaskOutcome => ({
  success: false,
  error,
  plaintext: error === 'application_failed' ? plaintext : NOTHING,
})

const refusal = (error: unknown): TaskOutcome => {
  const code = isSageError(error) ? authenticatedErrorCodes.find(code => code === error.code) : undefined
  if (code === undefined) throw error
  return failed(code)
}

/** What a task is told. Its signal is made when it looks: most never do. */
class AskedTask implements TaskRequest {
  // The task sees no more of the connection than that.
  readonly #arrival: Arrival

  constructor(
    readonly did: string,
    readonly metadata: Metadata,
    arrival: Arrival,
  ) {
    this.#arrival = arrival
  }

  get signal(): AbortSignal {
    return this.#arrival.signal()
  }
}

/** Calls the task. @throws what the task throws */
const carryOut = async (
  { message, session, arrival }: OpenedRequest,
  plaintext: Uint8Array,
  state: ResponderState,
): Promise<TaskOutcome> => {
  const task = state.tasks.get(message.task_id)
  try {
    enforce(state.guards.arguments, { message, plaintext, task, capabilities: state.capabilities })
  } catch (error) {
    return refusal(error)
  }
  if (task === undefined) throw new SageError('internal', 'no such task')
  const asked = new AskedTask(session.initDid, message.metadata ?? {}, arrival)
  const answering = task(plaintext, asked, () => session.end())
  const { told } = session
  if (told !== undefined) await told
  arrival.begun?.()
  const answer = await answering
  if (!(answer instanceof Uint8Array)) throw new SageError('internal', 'a task answers with bytes')
  return { success: true, ...(await compressAnswer(message, answer, state)) }
}

const execute = async (request: OpenedRequest, state: ResponderState): Promise<TaskOutcome> => {
  const { message, plaintext } = request
  const { guards, tasks, capabilities } = state
  let held: Held
  try {
    enforce(guards.task, { message, plaintext, task: tasks.get(message.task_id), capabilities })
    const inflated = inflateRequest(message, plaintext, state)
    held = inflated instanceof Promise ? await inflated : inflated
  } catch (error) {
    return refusal(error)
  }
  try {
    return await carryOut(request, held.plaintext, state)
  } finally {
    held.release()
  }
}

/** Carries out an opened request. Never rejects: whatever a task throws is an outcome (error.authenticated-after-open). */
export const runTask = async (request: OpenedRequest, state: ResponderState): Promise<TaskOutcome> => {
  try {
    return await execute(request, state)
  } catch (error) {
    if (error instanceof TaskFailure) return failed(error.code, error.plaintext)
    state.log(faultOf(error))
    return failed('internal')
  }
}
