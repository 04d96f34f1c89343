import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { connect, createIdentity, isSageError, type ConnectOptions, type Session } from './index.js'
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

/** Milliseconds for each exchange: the judge waits longer, so that a silence is told apart from a hang. */
const TIMEOUT_MS = 5_000

/**
 * Reads the variables SAGE_URL, SAGE_EXPECTED_DID, SAGE_TASK, SAGE_PAYLOAD, and the optional SAGE_REQUESTS, SAGE_KEM_KEY
 * and SAGE_TRANSPORT.
 * @throws Error when one is missing or names no transport; SageError `malformed` when the KEM key is no b64u of 32 bytes
 */
export const readEnvironment = (environment: Environment): Asked => {
  const url = required(environment, 'SAGE_URL')
  const expectedDid = required(environment, 'SAGE_EXPECTED_DID')
  const kemKey = environment['SAGE_KEM_KEY']
  const transport = transportIn(environment)
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
  }
}

/** Sends the payload as often as it is asked, all at once, and gives the answers. @throws SageError of the first that has none */
export const askAll = async (
  session: Pick<Session, 'send'>,
  { task, payload, requests }: Pick<Asked, 'task' | 'payload' | 'requests'>,
): Promise<Uint8Array[]> => {
  const asked = Array.from({ length: requests }, () => session.send(task, payload))
  await Promise.allSettled(asked)
  return Promise.all(asked)
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
