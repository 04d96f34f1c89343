import type { Transport } from '../../schemas/index.js'

/** What an initiator is asked to do: the contract of the README, "What CMD is told". */
export interface ClientTask {
  readonly url: string
  readonly expectedDid: string
  readonly task: string
  readonly payload: string
  /** Over which its messages are to go. */
  readonly transport: Transport
  /** How often the payload is to be sent in one session, all at once. */
  readonly requests: number
  /** Send them as one batch. */
  readonly batch?: true | undefined
  /** Open the task as a stream, with the payload as its one chunk. */
  readonly stream?: true | undefined
  /** Send compressed, or ask for an answer that is. */
  readonly encoding?: 'gzip' | undefined
  /** The responder has no card, and this is its KEM key, b64u. */
  readonly kemKey?: string | undefined
}

/** How a run of an initiator ended. */
export type Outcome =
  | { readonly kind: 'exit'; readonly status: number; readonly stdout: Uint8Array; readonly stderr: string }
  | { readonly kind: 'signal'; readonly signal: string; readonly stderr: string }
  | { readonly kind: 'hang'; readonly afterMs: number; readonly stderr: string }
  | { readonly kind: 'flood' }

/** An initiator that can be started: does the task, ends within `timeoutMs` or is ended. */
export type Client = (task: ClientTask, timeoutMs: number) => Promise<Outcome>

/** The environment variables that tell a process its task. Those that are undefined are not set. */
export const environmentOf = (task: ClientTask) => ({
  SAGE_URL: task.url,
  SAGE_EXPECTED_DID: task.expectedDid,
  SAGE_TASK: task.task,
  SAGE_PAYLOAD: task.payload,
  SAGE_TRANSPORT: task.transport,
  SAGE_REQUESTS: task.requests === 1 ? undefined : String(task.requests),
  SAGE_BATCH: task.batch && '1',
  SAGE_STREAM: task.stream && '1',
  SAGE_ENCODING: task.encoding,
  SAGE_KEM_KEY: task.kemKey,
})

/** Did it say that it has an answer, be it the right one? */
export const isAnswered = (outcome: Outcome): boolean => outcome.kind === 'exit' && outcome.status === 0
