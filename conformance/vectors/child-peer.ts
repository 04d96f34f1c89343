import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { lineOf } from '../report/text.js'
import { LineReader } from './line-reader.js'

const MAX_ANSWER_BYTES = 1 << 20
const MAX_STDERR_CHARACTERS = 4096
const STDERR_LINES = 8
/** Milliseconds that the last output of an ended process may take to arrive. */
const LAST_WORDS = 200

/** What came of a request. */
export type Reply =
  | { readonly kind: 'line'; readonly line: Uint8Array }
  | { readonly kind: 'hang' }
  | { readonly kind: 'flood' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'crash'; readonly status: string; readonly stderr: readonly string[] }

/** The command could not be started at all. */
export class NotStartable extends Error {
  override readonly name = 'NotStartable'

  /** @param program the file that was to be started @param cause what the system said */
  constructor(program: string, cause: unknown) {
    const { code, message } = cause as NodeJS.ErrnoException
    const why: Readonly<Record<string, string>> = {
      ENOENT: `there is no program ${JSON.stringify(lineOf(program, 200))} here, nor on the path (ENOENT)`,
      EACCES: `${JSON.stringify(lineOf(program, 200))} is no program that this user may start (EACCES)`,
    }
    super(why[code ?? ''] ?? message, { cause })
  }
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

/**
 * One process of the implementation under judgement, asked one line at a time. It leads a process group of its own where
 * the system has these, so that ending it ends what it started, and nothing else.
 */
export class ChildPeer {
  private readonly reader = new LineReader(MAX_ANSWER_BYTES)
  private readonly lines: Uint8Array[] = []
  private stderr = ''
  private ended: string | undefined
  private settle: ((reply: Reply) => void) | undefined
  private readonly reap = (): void => this.kill()

  private constructor(private readonly child: Child) {
    child.stdout.on('data', (chunk: Buffer) => this.receive(chunk)).pause()
    child.stderr.on('data', (chunk: Buffer) => {
      this.stderr = (this.stderr + chunk.toString('utf8')).slice(-MAX_STDERR_CHARACTERS)
    })
    // A process that ends while it is written to is seen by its end, not by the broken pipe.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {})
    child.once('exit', (code, signal) => this.end(signal === null ? `exit status ${code}` : `signal ${signal}`))
    process.once('exit', this.reap)
  }

  /** @throws NotStartable */
  static async start(command: readonly string[]): Promise<ChildPeer> {
    const [file = '', ...args] = command
    try {
      const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: process.platform !== 'win32' })
      await once(child, 'spawn')
      return new ChildPeer(child)
    } catch (cause) {
      throw new NotStartable(file, cause)
    }
  }

  /** Sends a request and waits, at most `timeout` milliseconds and until `signal` is raised, for a line. */
  async ask(request: string, timeout: number, signal?: AbortSignal): Promise<Reply> {
    if (this.lines.length === 0 && this.ended !== undefined) return this.crash(this.ended)
    const reply = new Promise<Reply>(resolve => {
      const timer = setTimeout(() => this.settle?.({ kind: 'hang' }), timeout)
      const onAbort = (): void => this.settle?.({ kind: 'interrupted' })
      this.settle = (reply): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        this.settle = undefined
        resolve(reply)
      }
      signal?.addEventListener('abort', onAbort)
    })
    this.child.stdin.write(`${request}\n`)
    this.deliver()
    const settled = await reply
    this.settle = undefined
    this.child.stdout.pause()
    return settled
  }

  /** Closes standard input and waits, at most `timeout` milliseconds; did the process end by itself, with status 0? */
  async close(timeout: number): Promise<boolean> {
    this.child.stdin.end()
    this.child.stdout.resume()
    if (this.ended === undefined)
      await once(this.child, 'exit', { signal: AbortSignal.timeout(timeout) }).catch(() => {})
    this.kill()
    return this.ended === 'exit status 0'
  }

  /** Ends the process and those that it started, at once. */
  kill(): void {
    process.removeListener('exit', this.reap)
    if (this.ended === undefined) this.killGroup()
    for (const stream of [this.child.stdin, this.child.stdout, this.child.stderr]) stream.destroy()
  }

  private killGroup(): void {
    const { pid } = this.child
    if (pid === undefined || process.platform === 'win32') this.child.kill('SIGKILL')
    else process.kill(-pid, 'SIGKILL')
  }

  private receive(chunk: Buffer): void {
    try {
      this.lines.push(...this.reader.push(chunk))
    } catch {
      this.settle?.({ kind: 'flood' })
    }
    this.deliver()
  }

  private deliver(): void {
    const line = this.settle === undefined ? undefined : this.lines.shift()
    if (line !== undefined) this.settle?.({ kind: 'line', line })
    // Nothing is read that was not asked for: the process has to wait, and the memory it can fill here is bounded.
    else if (this.settle !== undefined) this.child.stdout.resume()
  }

  private end(status: string): void {
    this.ended = status
    const say = (): void => this.settle?.(this.crash(status))
    this.child.once('close', say)
    setTimeout(say, LAST_WORDS).unref()
  }

  private crash(status: string): Reply {
    const stderr = this.stderr.split('\n').filter(line => line.trim() !== '')
    return { kind: 'crash', status, stderr: stderr.slice(-STDERR_LINES) }
  }
}
