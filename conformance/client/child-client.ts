import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { NotStartable } from '../vectors/child-peer.js'
import { environmentOf, type Client, type ClientTask, type Outcome } from './client.js'

const MAX_STDOUT_BYTES = 1 << 20
const MAX_STDERR_CHARACTERS = 2048
/** Milliseconds that the last output of an ended process may take to arrive. */
const LAST_WORDS = 500

type Child = ChildProcessByStdio<null, Readable, Readable>

// A process group of its own, where the system has these: ending it ends what it started, and nothing else.
const hasGroups = process.platform !== 'win32'

const killAll = (child: Child): void => {
  if (child.pid === undefined) return
  try {
    if (hasGroups) process.kill(-child.pid, 'SIGKILL')
    else child.kill('SIGKILL')
  } catch {
    // Nobody of the group is left.
  }
}

const start = async ([file = '', ...args]: readonly string[], task: ClientTask): Promise<Child> => {
  const env = { ...process.env, ...environmentOf(task) }
  try {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env, detached: hasGroups })
    await once(child, 'spawn')
    return child
  } catch (cause) {
    throw new NotStartable(file, cause)
  }
}

const watch = async (child: Child, timeoutMs: number, signal: AbortSignal | undefined): Promise<Outcome> => {
  const stdout: Buffer[] = []
  let bytes = 0
  let stderr = ''
  let overflowed: () => void
  const overflow = new Promise<Outcome>(resolve => (overflowed = () => resolve({ kind: 'flood' })))
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > MAX_STDOUT_BYTES) overflowed()
    else stdout.push(chunk)
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-MAX_STDERR_CHARACTERS)
  })
  for (const stream of [child.stdout, child.stderr]) stream.on('error', () => undefined)
  let timer: NodeJS.Timeout | undefined
  const hang = new Promise<Outcome>(resolve => {
    timer = setTimeout(() => resolve({ kind: 'hang', afterMs: timeoutMs, stderr }), timeoutMs)
  })
  let onAbort = (): void => undefined
  const aborted = new Promise<Outcome>(resolve => {
    onAbort = () => resolve({ kind: 'signal', signal: 'SIGKILL', stderr })
    if (signal?.aborted) onAbort()
    signal?.addEventListener('abort', onAbort)
  })
  const closed = new Promise(resolve => child.once('close', resolve))
  const ended = new Promise<Outcome>(resolve =>
    child.once('exit', (status, signal) => {
      const say = (): void =>
        resolve(
          signal === null
            ? { kind: 'exit', status: status ?? -1, stdout: Buffer.concat(stdout), stderr }
            : { kind: 'signal', signal, stderr },
        )
      // Its output may be held open by what it has left behind.
      void Promise.race([closed, new Promise(done => setTimeout(done, LAST_WORDS).unref())]).then(say)
    }),
  )
  try {
    return await Promise.race([ended, hang, overflow, aborted])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

/**
 * The initiator that is a command: a process for each run, told its task by its environment, and ended when `signal` is
 * raised.
 * The client throws NotStartable.
 */
export const createChildClient =
  (command: readonly string[], signal?: AbortSignal): Client =>
  async (task, timeoutMs) => {
    const child = await start(command, task)
    const reap = (): void => killAll(child)
    process.once('exit', reap)
    try {
      return await watch(child, timeoutMs, signal)
    } finally {
      process.off('exit', reap)
      killAll(child)
      for (const stream of [child.stdout, child.stderr]) stream.destroy()
    }
  }
