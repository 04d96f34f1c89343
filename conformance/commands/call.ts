import type { CallAnswer } from '../../schemas/index.js'
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
import { parseAgentUrl, UsageError } from './usage.js'

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
  /** Answer with one JSON document, a {@link CallAnswer}, instead of the bytes alone. */
  readonly json?: boolean | undefined
  /** Raised to end: the session is closed, and what it was asked is given up. */
  readonly signal?: AbortSignal | undefined
}

const EXIT_AUTHENTICATED_ERROR = 1
const EXIT_USAGE = 2
const EXIT_NO_ANSWER = 3

const parseTransport = (name: string): 'http' | 'ws' => {
  if (name === 'http' || name === 'ws') return name
  throw new UsageError(`--transport takes http or ws, not ${JSON.stringify(name)}`)
}

/** What becomes known on the way, for the document that `--json` answers. */
interface Told {
  peer?: NonNullable<CallAnswer['peer']>
  answer?: Uint8Array
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
  signal: AbortSignal | undefined,
): Promise<void> => {
  const plaintext = payload === INPUT ? await readWhole(input) : new TextEncoder().encode(payload)
  progress.send(plaintext.length)
  out(await session.send(task, plaintext, { ...(signal && { signal }) }))
}

/** Over HTTP a stream has one chunk in its first direction, so that everything has to be read before. */
const sendStream = async (
  session: Session,
  task: string,
  payload: string,
  { out, drained, input = nothing() }: CommandStreams,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<void> => {
  const isChunked = payload === INPUT && session.transport !== 'http'
  const plaintext = payload === INPUT ? undefined : new TextEncoder().encode(payload)
  const chunks = isChunked ? counted(inChunks(input), progress) : (plaintext ?? (await readWhole(input)))
  if (chunks instanceof Uint8Array) progress.send(chunks.length)
  for await (const chunk of session.stream(task, chunks, { ...(signal && { signal }) })) {
    progress.receive(chunk.length)
    out(chunk)
    await drained?.()
  }
}

const call = async (
  url: string,
  task: string,
  payload: string,
  { did, timeout, insecure, transport, identity, directory, stream, signal }: CallCommandOptions,
  streams: CommandStreams,
  told: Told,
): Promise<void> => {
  const { err } = streams
  const only = transport === undefined ? undefined : parseTransport(transport)
  const session = await connect(parseAgentUrl('URL', url).href, {
    identity: identity === undefined ? createIdentity() : openIdentity(identity, err),
    ...(directory !== undefined && { resolver: openDirectory(directory).resolve }),
    allowPlainHttp: insecure ?? false,
    ...(only !== undefined && { transports: [only] }),
    ...(did !== undefined && { expectedDid: did }),
    ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
    ...(signal && { signal }),
  })
  const progress = new Progress(streams.progress)
  try {
    const { peer } = session
    told.peer = { did: peer.did, restsOn: peer.authenticatedBy === 'url' ? 'url' : 'did', transport: session.transport }
    const basis =
      peer.authenticatedBy === 'url' ? 'its DID rests on the URL alone; --did names the one to expect' : 'as expected'
    err(`peer: ${peer.did} (${basis}), over ${session.transport}`)
    await (stream === true ? sendStream : send)(session, task, payload, streams, progress, signal)
  } finally {
    progress.end()
    await session.close({ ...(signal && { signal }) })
  }
}

// The plaintext of the answer hangs on an authenticated error, and on no other.
const isAuthenticated = (error: SageError): boolean => error.cause instanceof TaskFailure

/** What to do about an error that is the caller's to mend. */
const adviceOn = ({ code, message }: SageError): string => {
  if (code === 'unreachable') return '; is the agent started, and is the URL right?'
  return code === 'configuration' && message.startsWith('without TLS') ? '; --insecure says so' : ''
}

const reasonOf = (error: SageError): string => {
  const { code, message, cause } = error
  return `${code}: ${message}${isSageError(cause) ? ` (${cause.code})` : ''}${adviceOn(error)}`
}

/** The bytes as text, where they are UTF-8. */
const textOf = (bytes: Uint8Array): { text: string } | undefined => {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    return undefined
  }
}

const base64Of = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

const outcomeOf = ({ answer = new Uint8Array() }: Told, error: SageError | undefined): CallAnswer['outcome'] => {
  if (error === undefined) return { kind: 'answer', data: base64Of(answer), ...textOf(answer) }
  const { code, message, cause } = error
  const plaintext = cause instanceof TaskFailure ? cause.plaintext : undefined
  const data = plaintext && plaintext.length > 0 ? { data: base64Of(plaintext) } : {}
  return { kind: 'error', code, message, authenticated: isAuthenticated(error), ...data }
}

/** What came of it, as `--json` answers it. */
const documentOf = (task: string, told: Told, error?: SageError): string => {
  const document: CallAnswer = {
    callAnswer: 'sage-conformance/1',
    task,
    ...(told.peer && { peer: told.peer }),
    outcome: outcomeOf(told, error),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

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
  const { json = false, stream = false } = options
  if (json && stream)
    throw new UsageError('--json answers with one document, and --stream as it comes: give one of them')
  const told: Told = {}
  const own = json
    ? { ...streams, out: (bytes: Uint8Array | string) => void (told.answer = Buffer.from(bytes)) }
    : streams
  try {
    await call(url, task, payload, options, own, told)
    if (json) streams.out(documentOf(task, told))
    return 0
  } catch (error) {
    if (!isSageError(error)) throw error
    const status = statusOf(error)
    if (json && status !== EXIT_USAGE) streams.out(documentOf(task, told, error))
    streams.err(isAuthenticated(error) ? `error: ${error.code}` : `sage-conformance: ${reasonOf(error)}`)
    return status
  }
}
