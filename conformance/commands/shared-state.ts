import { isSageError, parseStateKeys, redisState, type ServeOptions, type StateKeys } from '../../reference/index.js'
import { readSecretFile, readTextFile, UsageError } from './usage.js'

/** The options of `serve` by which several processes are one responder. */
export interface SharedStateOptions {
  /** URL of the server of Redis or Valkey. */
  readonly redis?: string | undefined
  /** File with the password of that server. */
  readonly redisPassword?: string | undefined
  /** The server is new: nothing can have been lost there. */
  readonly redisNew?: boolean | undefined
  /** File with the keys under which the keys of sessions are sealed there. */
  readonly stateKeyFile?: string | undefined
}

/** What is shared, and the end of the connection to it. */
export interface OpenedState {
  readonly shared: NonNullable<ServeOptions['shared']>
  readonly close: () => void
}

const parseRedisUrl = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^rediss?:$/.test(url.protocol)) throw new UsageError('--redis takes a redis or rediss URL')
  // What stands on a command line can be read by everybody on the machine.
  if (url.password !== '') throw new UsageError('--redis takes a URL without a password; --redis-password FILE has it')
  return text
}

const loadClient = async () => {
  try {
    return (await import('redis')).createClient
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new UsageError('--redis needs the package redis beside this one: npm install redis', { cause })
  }
}

const readStateKeys = (path: string, warn: (line: string) => void): StateKeys => {
  const text = readSecretFile('--state-key-file', path, warn)
  try {
    return parseStateKeys(text)
  } catch (cause) {
    if (!isSageError(cause)) throw cause
    throw new UsageError(`--state-key-file: ${path}: ${cause.message}`, { cause })
  }
}

/** Commands that wait for a server that does not answer; further ones fail at once. */
const MAX_WAITING = 10_000

/** Milliseconds from one try to connect to the next. */
const AGAIN_MS = 500

/**
 * What processes share on a server of Redis or Valkey; undefined where none is named. That the server cannot be reached is no
 * reason not to start: until it can, the responder is not ready.
 * @throws UsageError for options that cannot be right
 */
export const openSharedState = async (
  { redis, redisPassword, redisNew, stateKeyFile }: SharedStateOptions,
  warn: (line: string) => void,
): Promise<OpenedState | undefined> => {
  if (redis === undefined) {
    if (redisPassword === undefined && redisNew === undefined && stateKeyFile === undefined) return undefined
    throw new UsageError('--state-key-file, --redis-password and --redis-new need --redis')
  }
  if (stateKeyFile === undefined) throw new UsageError('--redis needs --state-key-file')
  const url = parseRedisUrl(redis)
  const keys = readStateKeys(stateKeyFile, warn)
  const password = redisPassword === undefined ? undefined : readTextFile('--redis-password', redisPassword).trim()
  const createClient = await loadClient()
  const client = createClient({
    url,
    ...(password !== undefined && { password }),
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_WAITING,
    socket: { reconnectStrategy: AGAIN_MS, connectTimeout: AGAIN_MS },
  })
  let isReported = false
  client.on('ready', () => (isReported = false))
  client.on('error', (error: NodeJS.ErrnoException) => {
    if (!isReported) warn(`warning: the server of --redis cannot be used (${error.code ?? error.name})`)
    isReported = true
  })
  const connected = client.connect().catch(() => undefined)
  let timer: NodeJS.Timeout | undefined
  await Promise.race([connected, new Promise(resolve => (timer = setTimeout(resolve, AGAIN_MS)))])
  clearTimeout(timer)
  const command = (args: readonly string[]): Promise<unknown> => client.sendCommand([...args])
  return {
    shared: { state: redisState({ client: { command }, startsEmpty: redisNew === true }), keys },
    close: () => {
      if (client.isOpen) client.destroy()
    },
  }
}
