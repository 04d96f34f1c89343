import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Elsewhere, Figures } from '../bench-case.js'
import type { ServerPlace } from './server-process.js'

const PROCESS = fileURLToPath(new URL('./server-process.js', import.meta.url))

/** A server in a process of its own. */
export interface BenchServer extends ServerPlace {
  readonly elsewhere: Elsewhere
  stop(): Promise<void>
}

/** Starts the reference, or a bare server that echoes JSON over HTTP and, at `/ws`, over WebSocket. */
export const startServer = async (kind: 'reference' | 'bare'): Promise<BenchServer> => {
  const child = fork(PROCESS, [kind], { execArgv: [] })
  const hear = async (): Promise<unknown> => ((await once(child, 'message')) as [unknown])[0]
  const ask = async (errand: 'begin' | 'end'): Promise<unknown> => {
    const heard = hear()
    child.send(errand)
    return heard
  }
  const place = (await hear()) as ServerPlace
  return {
    ...place,
    elsewhere: {
      begin: async () => void (await ask('begin')),
      end: async () => (await ask('end')) as Figures,
    },
    stop: async () => {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}
