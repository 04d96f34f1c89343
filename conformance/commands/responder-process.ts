import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A responder as a process of its own. */
export interface ResponderProcess {
  /** Where it listens. */
  readonly url: string
  /** Resolves with one line of text when the process ends, asked or unasked. */
  readonly ended: Promise<string>
  /** Asks it to end, and ends it after `patience` milliseconds. */
  stop(patience?: number): Promise<void>
}

/** How a responder is started. */
export interface ResponderOptions {
  /** Milliseconds in which it says where it listens. */
  readonly patience?: number | undefined
  readonly cwd?: string | undefined
  /** Its first line of standard output, with the URL in a group; that of the reference unless told otherwise. */
  readonly announcement?: RegExp | undefined
}

const ANNOUNCEMENT = /^SAGE 1\.0 reference responder at (\S+)$/
const PATIENCE_MS = 20_000

const endOf = (child: ChildProcess): Promise<string> =>
  new Promise(resolve => {
    child.once('error', error => resolve(`could not be started: ${error.message}`))
    child.once('exit', (status, signal) => resolve(`ended (${signal ?? `exit status ${status}`})`))
  })

/**
 * Starts a responder and waits for the line in which it says where it listens. What it writes to standard error is shown.
 * @throws Error with one line where it ends, or says something else, or says nothing for `patience` milliseconds
 */
export async function startResponder(
  command: string,
  args: readonly string[],
  { patience = PATIENCE_MS, cwd, announcement = ANNOUNCEMENT }: ResponderOptions = {},
): Promise<ResponderProcess> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], cwd })
  const ended = endOf(child)
  // Nobody else would end it.
  const end = (): void => void child.kill('SIGKILL')
  process.once('exit', end)
  void ended.then(() => process.off('exit', end))
  const stop = async (grace = 5000): Promise<void> => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), grace)
    await ended
    clearTimeout(timer)
  }
  const lines = createInterface({ input: child.stdout })
  const firstLine = new Promise<string>(resolve => lines.once('line', resolve))
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<void>(resolve => (timer = setTimeout(resolve, patience)))

  const outcome = await Promise.race([
    firstLine.then(line => ({ line })),
    ended.then(how => ({ how })),
    silence.then(() => ({ how: `said nothing for ${patience / 1000} s` })),
  ])
  clearTimeout(timer)
  const url = 'line' in outcome ? announcement.exec(outcome.line)?.[1] : undefined
  if (url !== undefined) return { url, ended, stop }
  await stop()
  throw new Error('how' in outcome ? outcome.how : `said "${outcome.line}" and not where it listens`)
}
