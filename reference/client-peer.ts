import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { connect, createIdentity, isSageError, type ConnectOptions, type SendOptions, type Session } from './index.js'
import { parseBase64Url } from './bytes/base64.js'
import { encodeUtf8 } from './bytes/utf8.js'

// The initiator as a command of `run-client`: told what to do by its environment, it prints what it is answered.

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What an initiator is told, read from the environment. */
export interface Asked {
  readonly url: string
  readonly options: ConnectOptions
  readonly task: string
  readonly payload: Uint8Array
  /** How often the payload is sent, all at once. */
  readonly requests: number
  /** What each is sent in: by itself unless it says otherwise. */
  readonly as?: 'batch' | 'stream'
  /** Each may be compressed, and its answer. */
  readonly encoding?: SendOptions['encoding']
}

const required = (environment: Environment, name: string): string => {
  const value = environment[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set`)
  return value
}

/** The one transport that is to be used, where the environment names one. */
const transportIn = (environment: Environment): 'http' | 'ws' | undefined => {
  const name = environment['SAGE_TRANSPORT']
  if (name === undefined || name === 'http' || name === 'ws') return name
  throw new Error('SAGE_TRANSPORT is http or ws')
}

/** Is a variable that says yes or nothing set? @throws Error where it says something else */
const isSet = (environment: Environment, name: string): boolean => {
  const value = environment[name]
  if (value !== undefined && value !== '1') throw new Error(`${name} is 1`)
  return value === '1'
}

const encodingIn = (environment: Environment): SendOptions['encoding'] => {
  const name = environment['SAGE_ENCODING']
  if (name === undefined || name === 'gzip') return name
  throw new Error('SAGE_ENCODING is gzip')
}

const kindIn = (environment: Environment): Asked['as'] => {
  const [batch, stream] = [isSet(environment, 'SAGE_BATCH'), isSet(environment, 'SAGE_STREAM')]
  if (batch && stream) throw new Error('SAGE_BATCH and SAGE_STREAM do not go together')
  return batch ? 'batch' : stream ? 'stream' : undefined
}

/** Milliseconds for each exchange: the judge waits longer, so that a silence is told apart from a hang. */
const TIMEOUT_MS = 5_000

/**
 * Reads the variables SAGE_URL, SAGE_EXPECTED_DID, SAGE_TASK, SAGE_PAYLOAD, and the optional SAGE_REQUESTS, SAGE_BATCH,
 * SAGE_STREAM, SAGE_ENCODING, SAGE_KEM_KEY and SAGE_TRANSPORT.
 * @throws Error when one is missing or has a value that it cannot have; SageError `malformed` when the KEM key is no b64u
 * of 32 bytes
 */
export const readEnvironment = (environment: Environment): Asked => {
  const url = required(environment, 'SAGE_URL')
  const expectedDid = required(environment, 'SAGE_EXPECTED_DID')
  const kemKey = environment['SAGE_KEM_KEY']
  const transport = transportIn(environment)
  const as = kindIn(environment)
  const encoding = encodingIn(environment)
  return {
    url,
    options: {
      identity: createIdentity(),
      expectedDid,
      timeoutMs: TIMEOUT_MS,
      ...(transport !== undefined && { transports: [transport] }),
      ...(kemKey !== undefined && { peer: { did: expectedDid, kemKey: parseBase64Url(kemKey, 32) } }),
    },
    task: required(environment, 'SAGE_TASK'),
    payload: encodeUtf8(required(environment, 'SAGE_PAYLOAD')),
    requests: Number(environment['SAGE_REQUESTS'] ?? '1'),
    ...(as !== undefined && { as }),
    ...(encoding !== undefined && { encoding }),
  }
}

const askInBatch = async (
  session: Pick<Session, 'sendBatch'>,
  { task, payload, requests, encoding }: Omit<Asked, 'url' | 'options'>,
): Promise<Uint8Array[]> => {
  const request = { task, plaintext: payload, ...(encoding && { options: { encoding } }) }
  const settled = await session.sendBatch(Array.from({ length: requests }, () => request))
  return settled.map(outcome => {
    if (!outcome.ok) throw outcome.error
    return outcome.plaintext
  })
}

const askInStream = async (
  session: Pick<Session, 'stream'>,
  { task, payload, encoding }: Omit<Asked, 'url' | 'options'>,
): Promise<Uint8Array[]> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of session.stream(task, payload, encoding && { encoding })) chunks.push(chunk)
  return chunks
}

/**
 * Sends the payload as often as it is asked, all at once, and gives the answers: those of a stream, once it has come to its
 * end, in their order.
 * @throws SageError of the first that has none
 */
export const askAll = async (
  session: Pick<Session, 'send' | 'sendBatch' | 'stream'>,
  asked: Omit<Asked, 'url' | 'options'>,
): Promise<Uint8Array[]> => {
  const { task, payload, requests, as, encoding } = asked
  if (as === 'batch') return askInBatch(session, asked)
  if (as === 'stream') return askInStream(session, asked)
  const sent = Array.from({ length: requests }, () => session.send(task, payload, encoding && { encoding }))
  await Promise.allSettled(sent)
  return Promise.all(sent)
}

const main = async (): Promise<void> => {
  try {
    const { url, options, ...asked } = readEnvironment(process.env)
    const session = await connect(url, options)
    try {
      for (const answer of await askAll(session, asked))
        process.stdout.write(Buffer.concat([answer, Buffer.from('\n')]))
    } finally {
      await session.close()
    }
  } catch (error) {
    const reason = isSageError(error) && isSageError(error.cause) ? ` (${error.cause.code})` : ''
    process.stderr.write(`client-peer: ${error instanceof Error ? error.message : String(error)}${reason}\n`)
    process.exitCode = 1
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main()
