import {
  createIdentity,
  isSageError,
  limitProfiles,
  serve,
  type Agent,
  type LimitProfile,
  type MetricsAccess,
  type ServeOptions,
} from '../../reference/index.js'
import type { Limits } from '../../schemas/index.js'
import { openDirectory, openIdentity } from './agent-files.js'
import { processStreams, type CommandStreams } from './command-streams.js'
import { profileNames } from './profile-names.js'
import { openSharedState, type OpenedState, type SharedStateOptions } from './shared-state.js'
import { readTextFile, UsageError } from './usage.js'

/** Options of `sage-conformance serve`. */
export interface ServeCommandOptions extends SharedStateOptions {
  readonly host?: string | undefined
  readonly port?: number | undefined
  /** File with the private keys; a fresh identity without it. */
  readonly identity?: string | undefined
  /** Name in the card. */
  readonly name?: string | undefined
  /** False leaves the echo task out. */
  readonly echo?: boolean | undefined
  /** False leaves WebSocket out. */
  readonly ws?: boolean | undefined
  /** False leaves batches out. */
  readonly batch?: boolean | undefined
  /** False leaves streams out. */
  readonly stream?: boolean | undefined
  /** False leaves compression out. */
  readonly gzip?: boolean | undefined
  /** False leaves health out. */
  readonly health?: boolean | undefined
  /** False leaves metrics out. */
  readonly metrics?: boolean | undefined
  /** File with the token without which nobody sees metrics. */
  readonly metricsToken?: string | undefined
  /** Endpoint in the card, where others reach the agent under another address. */
  readonly publicUrl?: string | undefined
  /** Name of a set of limits: `default`, or `low-limits`, which a tester reaches in seconds. */
  readonly profile?: string | undefined
  /** File with DIDs and their keys, for DIDs other than `did:key`. */
  readonly directory?: string | undefined
  /** Admit the DIDs of the directory and nobody else. */
  readonly admitOnly?: boolean | undefined
}

const profiles: Readonly<Record<(typeof profileNames)[number], Limits>> = limitProfiles
const isProfile = (name: string): name is LimitProfile => Object.hasOwn(profiles, name)

/** Where an option mends it. */
const adviceOn = (message: string): string => {
  if (/EADDRINUSE/.test(message)) return '; another program has this port: --port 0 takes a free one'
  if (/EACCES/.test(message)) return '; this user may not take that port: --port 0 takes a free one'
  if (/EADDRNOTAVAIL|ENOTFOUND/.test(message)) return '; --host takes an address of this machine'
  return /\(http\.tls\)/.test(message) ? '; --public-url URL' : ''
}

const limitsOf = (profile: string): Limits => {
  if (isProfile(profile)) return profiles[profile]
  throw new UsageError(`--profile takes ${profileNames.join(' or ')}, not ${JSON.stringify(profile)}`)
}

const whoMayTalk = ({ directory: path, admitOnly }: ServeCommandOptions): Pick<ServeOptions, 'resolver' | 'admit'> => {
  if (path === undefined && admitOnly === true) throw new UsageError('--admit-only needs --directory')
  if (path === undefined) return {}
  const { resolve, includes } = openDirectory(path)
  return { resolver: resolve, ...(admitOnly === true && { admit: includes }) }
}

/** On loopback everybody may see metrics; elsewhere who knows the token. */
const metricsOf = ({ metrics = true, metricsToken, publicUrl }: ServeCommandOptions): MetricsAccess => {
  if (!metrics) return false
  if (metricsToken !== undefined) return { token: readTextFile('--metrics-token', metricsToken).trim() }
  return publicUrl === undefined
}

const start = async (
  options: ServeCommandOptions,
  state: OpenedState | undefined,
  err: (line: string) => void,
): Promise<Agent> => {
  const { host, port, identity, name, publicUrl, profile = 'default' } = options
  const { echo = true, ws = true, batch = true, gzip = true, health = true, stream = true } = options
  const metrics = metricsOf(options)
  return serve({
    identity: identity === undefined ? createIdentity() : openIdentity(identity, err),
    capabilities: { echo, ws, batch, gzip, health, metrics, stream },
    limits: limitsOf(profile),
    ...whoMayTalk(options),
    ...(state && { shared: state.shared }),
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(name !== undefined && { name }),
    ...(publicUrl !== undefined && { publicUrl }),
  })
}

const signalled = (): Promise<void> =>
  new Promise(resolve => {
    const end = (): void => {
      process.off('SIGINT', end).off('SIGTERM', end)
      resolve()
    }
    process.on('SIGINT', end).on('SIGTERM', end)
  })

/**
 * Runs the reference responder until it is told to end, by SIGINT or SIGTERM.
 * @returns exit status: 0 after an orderly end, 2 when it could not start
 */
export const serveCommand = async (
  options: ServeCommandOptions,
  { out, err }: CommandStreams = processStreams,
): Promise<number> => {
  let state: OpenedState | undefined
  try {
    state = await openSharedState(options, err)
    const agent = await start(options, state, err)
    const ended = signalled()
    out(`SAGE 1.0 reference responder at ${agent.url}\n`)
    out(`did: ${agent.did}\n`)
    await ended
    await agent.close()
    return 0
  } catch (error) {
    if (!(error instanceof UsageError) && !isSageError(error, 'configuration')) throw error
    err(`sage-conformance: ${error.message}${adviceOn(error.message)}`)
    return 2
  } finally {
    state?.close()
  }
}
