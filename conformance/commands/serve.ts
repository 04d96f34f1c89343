import { createIdentity, isSageError, serve, type Agent } from '../../reference/index.js'
import { processStreams, type CommandStreams } from './command-streams.js'
import { readIdentity } from './identity-file.js'
import { UsageError } from './usage.js'

/** Options of `sage-conformance serve`. */
export interface ServeCommandOptions {
  readonly host?: string | undefined
  readonly port?: number | undefined
  /** File with the private keys; a fresh identity without it. */
  readonly identity?: string | undefined
  /** Name in the card. */
  readonly name?: string | undefined
  /** False leaves the echo task out. */
  readonly echo?: boolean | undefined
  /** Endpoint in the card, where others reach the agent under another address. */
  readonly publicUrl?: string | undefined
}

const start = (
  { host, port, identity, name, echo, publicUrl }: ServeCommandOptions,
  err: (line: string) => void,
): Promise<Agent> =>
  serve({
    identity: identity === undefined ? createIdentity() : readIdentity(identity, err),
    capabilities: { echo: echo ?? true },
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(name !== undefined && { name }),
    ...(publicUrl !== undefined && { publicUrl }),
  })

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
  try {
    const agent = await start(options, err)
    const ended = signalled()
    out(`SAGE 1.0 reference responder at ${agent.url}\n`)
    out(`did: ${agent.did}\n`)
    await ended
    await agent.close()
    return 0
  } catch (error) {
    if (!(error instanceof UsageError) && !isSageError(error, 'configuration')) throw error
    err(`sage-conformance serve: ${error.message}`)
    return 2
  }
}
