import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const PROCESS = fileURLToPath(new URL('./serve-target.js', import.meta.url))

/**
 * `reference`: a responder as `serve` has it; `roomy`: with room for a million sessions and nonces; `bare`: a server that
 * knows HTTP, WebSocket and JSON, and nothing of SAGE.
 */
export type TargetKind = 'reference' | 'roomy' | 'bare'

/** Where a target is. */
export interface Place {
  readonly url: string
}

/** What a target holds and has used, memory after a collection of all garbage. */
export interface Inspection {
  /** Bytes of its process. */
  readonly rss: number
  /** Bytes on the heap, and outside of it for objects on the heap. */
  readonly held: number
  /** Connections that are open. */
  readonly sockets: number
  /** Exceptions that nobody foresaw, from the start. */
  readonly faults: number
  /** Milliseconds of the processor, from the start. */
  readonly cpuMs: number
  /** Milliseconds by which the event loop was late, at the 99th percentile, since the last time. */
  readonly delayMs: number
}

/** What is besieged: a process that the siege started, and that nobody else ends. */
export interface BesiegedTarget extends Place {
  inspect(): Promise<Inspection>
  /** Waits until no more than so many connections are open, a given number of milliseconds at most. */
  settle(sockets: number, patienceMs: number): Promise<Inspection>
  /** Is it still there? */
  readonly isAlive: boolean
  stop(): Promise<void>
}

const PAUSE_MS = 50

/** Starts one. @param mutant name of the fault that it has, where it is to have one */
export const startTarget = async (kind: TargetKind, mutant?: string): Promise<BesiegedTarget> => {
  const child = fork(PROCESS, mutant === undefined ? [kind] : [kind, mutant], { execArgv: ['--expose-gc'] })
  const gone = once(child, 'exit')
  const hear = async (): Promise<unknown> => {
    const heard = once(child, 'message').then(([message]) => message as unknown)
    return Promise.race([heard, gone.then(([code]) => Promise.reject(new Error(`the target ended with ${code}`)))])
  }
  let turn: Promise<unknown> = Promise.resolve()
  const inspect = (): Promise<Inspection> => {
    const next = turn.then(() => {
      const heard = hear()
      child.send('inspect')
      return heard as Promise<Inspection>
    })
    turn = next.catch(() => undefined)
    return next
  }
  const { url } = (await hear()) as Place
  return {
    url,
    inspect,
    settle: async (sockets, patienceMs) => {
      for (const started = performance.now(); ;) {
        const seen = await inspect()
        if (seen.sockets <= sockets || performance.now() - started > patienceMs) return seen
        await new Promise(resolve => setTimeout(resolve, PAUSE_MS))
      }
    },
    get isAlive() {
      return child.exitCode === null && child.signalCode === null
    },
    stop: async () => {
      child.removeAllListeners('message')
      if (child.connected) child.disconnect()
      await gone
    },
  }
}
