import { ECHO_TASK } from '../../schemas/index.js'
import { checkTaskName, type TaskRequest } from './tasks.js'

/**
 * Carries out a task as a stream: takes the chunks of the request, gives those of the answer. It is asked for the next
 * chunk when there is room for one, so that it need not look at how fast the initiator takes them; and as it takes chunks,
 * the initiator may send more. Where it ends by the next turn of the event loop after a chunk, that chunk is the last;
 * otherwise an empty one is. An empty last chunk of the request only ends `chunks`. When the stream ends before the task
 * does, `request.signal` is aborted and `chunks` throws. What it throws is as with a {@link Task}.
 */
export type StreamTask = (chunks: AsyncIterable<Uint8Array>, request: TaskRequest) => AsyncIterable<Uint8Array>

/** A task as the responder runs it for a stream. */
export type ServedStream = StreamTask

/** The parts of a plaintext, each of `size` bytes, the last of them shorter or not; an empty one has one empty part. */
export function* cut(plaintext: Uint8Array, size: number): Generator<Uint8Array> {
  let at = 0
  do yield plaintext.subarray(at, at + size)
  while ((at += size) < plaintext.length)
}

/**
 * What a responder serves as streams, by name: echo where it is declared, and the deployer's own.
 * @throws SageError `configuration` for a name that is no task or belongs to the protocol
 */
export const servedStreams = (
  own: Readonly<Record<string, StreamTask>>,
  echo: ServedStream | undefined,
): ReadonlyMap<string, ServedStream> => {
  const streams = new Map<string, ServedStream>(echo && [[ECHO_TASK, echo]])
  for (const [name, task] of Object.entries(own)) streams.set(checkTaskName(name), task)
  return streams
}
