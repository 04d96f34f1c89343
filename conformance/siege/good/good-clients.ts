import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { TargetKind } from '../target/target.js'
import type { Experiences } from './latencies.js'

const PROCESS = fileURLToPath(new URL('./good-process.js', import.meta.url))

/** Good clients of a target, in a process of their own: one over HTTP and one over WebSocket. */
export interface GoodClients {
  /** What they have experienced since they were asked the last time. */
  take(): Promise<Experiences>
  stop(): Promise<void>
}

/** Starts them, and waits for their sessions. @throws Error when they cannot connect */
export const startGoodClients = async (kind: TargetKind, url: string): Promise<GoodClients> => {
  const child = fork(PROCESS, [kind, url], { execArgv: [] })
  const gone = once(child, 'exit')
  const hear = async (): Promise<unknown> =>
    Promise.race([
      once(child, 'message').then(([message]) => message as unknown),
      gone.then(([code]) => Promise.reject(new Error(`the good clients ended with ${code}`))),
    ])
  await hear()
  return {
    take: async () => {
      const heard = hear()
      child.send('take')
      return (await heard) as Experiences
    },
    stop: async () => {
      if (child.connected) child.send('close')
      await gone
    },
  }
}
