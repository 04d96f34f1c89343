import {
  CLOSE_TASK,
  ECHO_TASK,
  HANDSHAKE_TASK,
  MAX_CHUNK_SIZE,
  MAX_ECHO_CHUNKS,
  MAX_PING_BYTES,
  PING_TASK,
  type Capability,
  type Metadata,
  type SessionMessage,
} from '../../schemas/index.js'
import type { Guard } from '../bytes/guard.js'
import { SageError } from '../bytes/sage-error.js'
import { isTask } from '../bytes/token.js'
import { GZIP } from './encoding.js'
import type { ResponderParts } from './responder-parts.js'
import type { ServedStream } from './served-streams.js'

/** Name of the metadata entry with which an echo is asked to wait. */
export const ECHO_DELAY = 'delay-ms'

/** Name of the metadata entry with which an echo is asked to cut its plaintext. */
export const ECHO_CHUNK_SIZE = 'chunk_size'

/** Who asks for a task, and how. */
export interface TaskRequest {
  /** The initiator, proved by the handshake. */
  readonly did: string
  readonly metadata: Metadata
  /** Aborted when nobody waits for the answer any longer. */
  readonly signal: AbortSignal
}

/**
 * Carries out a task: gets the plaintext of the request, gives that of the answer. What it throws is the authenticated
 * error `internal`, and says no more; a {@link TaskFailure} is `application_failed` with its plaintext.
 */
export type Task = (plaintext: Uint8Array, request: TaskRequest) => Uint8Array | Promise<Uint8Array>

/** The codes with which a task may fail in its own terms. */
export type TaskFailureCode = 'application_failed' | 'malformed' | 'payload_too_large'

/** Thrown by a task that failed in its own terms. The initiator gets the code and, with `application_failed`, the plaintext. */
export class TaskFailure extends Error {
  override readonly name = 'TaskFailure'

  constructor(
    readonly plaintext: Uint8Array = new Uint8Array(),
    readonly code: TaskFailureCode = 'application_failed',
  ) {
    super('the task failed')
  }
}

/** A task as the responder runs it; `endSession` is for the one that closes. */
export type ServedTask = (plaintext: Uint8Array, request: TaskRequest, endSession: () => void) => ReturnType<Task>

/** The name of a deployer's own task. @throws SageError `configuration` for one that is no task or belongs to the protocol */
export const checkTaskName = (name: string): string => {
  if (!isTask(name) || name.startsWith('sage/') || name === HANDSHAKE_TASK)
    throw new SageError('configuration', 'a task has a name of the form of tasks, outside sage/')
  return name
}

/**
 * The tasks of a responder by name: those of every responder, echo where it is declared, and the deployer's own.
 * @throws SageError `configuration` for a name that is no task or belongs to the protocol
 */
export const servedTasks = (
  own: Readonly<Record<string, Task>>,
  echo: boolean,
  parts: ResponderParts,
): ReadonlyMap<string, ServedTask> => {
  const tasks = new Map<string, ServedTask>([
    [PING_TASK, parts.ping],
    [CLOSE_TASK, parts.close],
  ])
  if (echo) tasks.set(ECHO_TASK, parts.echo)
  for (const [name, task] of Object.entries(own)) tasks.set(checkTaskName(name), task)
  return tasks
}

/** What the guards of a task see: the record has opened. */
export interface TaskContext {
  readonly message: SessionMessage
  /** As the record carries it, or, where it has been inflated, as it was. */
  readonly plaintext: Uint8Array
  /** What the responder serves under this name. */
  readonly task: ServedTask | ServedStream | undefined
  /** What the responder declares. */
  readonly capabilities: ReadonlySet<Capability>
}

const isDelay = (text: string): boolean => /^(?:0|[1-9]\d{0,3})$/.test(text)

/** Can this request for a stream of echoes be cut as it asks? */
const isCuttable = ({ message: { stream, metadata }, plaintext }: TaskContext): boolean => {
  const text = metadata?.[ECHO_CHUNK_SIZE]
  if (text === undefined || stream === undefined) return true
  const size = /^[1-9]\d{0,6}$/.test(text) ? Number(text) : MAX_CHUNK_SIZE + 1
  const isWhole = 'seq' in stream && stream.end
  return isWhole && size <= MAX_CHUNK_SIZE && Math.ceil(plaintext.length / size) <= MAX_ECHO_CHUNKS
}

const isEncodingKnown = ({ message: { encoding }, capabilities }: TaskContext): boolean =>
  encoding === undefined || (encoding === GZIP && capabilities.has('gzip'))

/** What a responder asks of an opened request before it inflates; every refusal is authenticated. */
export const taskGuards: readonly Guard<TaskContext>[] = [
  ['task.unknown', ({ task }) => (task === undefined ? 'task_unsupported' : undefined)],
  ['task.encoding', context => (isEncodingKnown(context) ? undefined : 'encoding_unsupported')],
]

/** What a responder asks of a request whose plaintext is known: of its stream, and of the arguments of its task. */
export const argumentGuards: readonly Guard<TaskContext>[] = [
  [
    'task.stream',
    ({ message, capabilities }) =>
      message.stream === undefined || capabilities.has('stream') ? undefined : 'stream_violation',
  ],
  [
    'task.ping-limit',
    ({ message, plaintext }) =>
      message.task_id === PING_TASK && plaintext.length > MAX_PING_BYTES ? 'payload_too_large' : undefined,
  ],
  [
    'task.echo-delay-form',
    ({ message }) =>
      message.task_id === ECHO_TASK && !isDelay(message.metadata?.[ECHO_DELAY] ?? '0') ? 'malformed' : undefined,
  ],
  [
    'task.echo-chunks-form',
    context => (context.message.task_id === ECHO_TASK && !isCuttable(context) ? 'malformed' : undefined),
  ],
]
