import {
  connect,
  createIdentity,
  isSageError,
  TaskFailure,
  type SageError,
  type Session,
} from '../../reference/index.js'
import { openDirectory, openIdentity } from './agent-files.js'
import { processStreams, type CommandStreams } from './command-streams.js'
import { inChunks, readWhole } from './payload.js'
import { Progress } from './progress.js'
import { UsageError } from './usage.js'

/** Options of `sage-conformance call`. */
export interface CallCommandOptions {
  /** Shake hands with this DID and no other. */
  readonly did?: string | undefined
  /** Seconds for each exchange. */
  readonly timeout?: number | undefined
  /** Do without TLS beyond this machine too. */
  readonly insecure?: boolean | undefined
  /** The one transport to use, `http` or `ws`; either without it. */
  readonly transport?: string | undefined
  /** File with the private keys to shake hands with; fresh ones without it. */
  readonly identity?: string | undefined
  /** File with DIDs and their keys, for DIDs other than `did:key`. */
  readonly directory?: string | undefined
  /** Open the task as a stream: chunks go out as they are put in, and the answer is written as it comes. */
  readonly stream?: boolean | undefined
}

const EXIT_AUTHENTICATED_ERROR = 1
const EXIT_USAGE = 2
const EXIT_NO_ANSWER = 3

const parseTransport = (name: string): 'http' | 'ws' => {
  if (name === 'http' || name === 'ws') return name
  throw new UsageError(`--transport takes http or ws, not ${JSON.stringify(name)}`)
}

/** Stands for what is put in. */
const INPUT = '-'

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** Counts what is taken. */
async function* counted(chunks: AsyncIterable<Uint8Array>, progress: Progress): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    progress.send(chunk.length)
    yield chunk
  }
}

const send = async (
  session: Session,
  task: string,
  payload: string,
  { out, input = nothing() }: CommandStreams,
  progress: Progress,
): Promise<void> => {
  const plaintext = payload === INPUT ? await readWhole(input) : new TextEncoder().encode(payload)
  progress.send(plaintext.length)
  out(await session.send(task, plaintext))
}

/** Over HTTP a stream has one chunk in its first direction, so that everything has to be read before. */
const sendStream = async (
  session: Session,
  task: string,
  payload: string,
  { out, drained, input = nothing() }: CommandStreams,
  progress: Progress,
): Promise<void> => {
  const isChunked = payload === INPUT && session.transport !== 'http'
  const plaintext = payload === INPUT ? undefined : new TextEncoder().encode(payload)
  const chunks = isChunked ? counted(inChunks(input), progress) : (plaintext ?? (await readWhole(input)))
  if (chunks instanceof Uint8Array) progress.send(chunks.length)
  for await (const chunk of session.stream(task, chunks)) {
    progress.receive(chunk.length)
    out(chunk)
    await drained?.()
  }
}

const call = async (
  url: string,
  task: string,
  payload: string,
  { did, timeout, insecure, transport, identity, directory, stream }: CallCommandOptions,
  streams: CommandStreams,
): Promise<void> => {
  const { err } = streams
  const only = transport === undefined ? undefined : parseTransport(transport)
  const session = await connect(url, {
    identity: identity === undefined ? createIdentity() : openIdentity(identity, err),
    ...(directory !== undefined && { resolver: openDirectory(directory).resolve }),
    allowPlainHttp: insecure ?? false,
    ...(only !== undefined && { transports: [only] }),
    ...(did !== undefined && { expectedDid: did }),
    ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
  })
  const progress = new Progress(streams.progress)
  try {
    const { peer } = session
    const basis =
      peer.authenticatedBy === 'url' ? 'its DID rests on the URL alone; --did names the one to expect' : 'as expected'
    err(`peer: ${peer.did} (${basis}), over ${session.transport}`)
    await (stream === true ? sendStream : send)(session, task, payload, streams, progress)
  } finally {
    progress.end()
    await session.close()
  }
}

// The plaintext of the answer hangs on an authenticated error, and on no other.
const isAuthenticated = (error: SageError): boolean => error.cause instanceof TaskFailure

const reasonOf = ({ code, message, cause }: SageError): string =>
  isSageError(cause) ? `${code}: ${message} (${cause.code})` : `${code}: ${message}`

const statusOf = (error: SageError): number => {
  if (isAuthenticated(error)) return EXIT_AUTHENTICATED_ERROR
  return error.code === 'configuration' || error.code === 'payload_too_large' ? EXIT_USAGE : EXIT_NO_ANSWER
}

/**
 * Asks an agent for one task with the reference initiator. The bytes of the answer go to `out`, the peer's identity and
 * any error to `err`.
 * @returns exit status: 0 an authenticated answer, 1 an authenticated error, 2 a wrong argument, 3 no authenticated answer:
 * nobody there, no SAGE, handshake refused, outcome unknown
 */
export const callCommand = async (
  url: string,
  task: string,
  payload = '',
  options: CallCommandOptions = {},
  streams: CommandStreams = processStreams,
): Promise<number> => {
  try {
    await call(url, task, payload, options, streams)
    return 0
  } catch (error) {
    if (!isSageError(error)) throw error
    streams.err(isAuthenticated(error) ? `error: ${error.code}` : `sage-conformance call: ${reasonOf(error)}`)
    return statusOf(error)
  }
}
