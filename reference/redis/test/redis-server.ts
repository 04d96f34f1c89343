import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createClient } from 'redis'
import type { RedisClient } from '../redis-state.js'

// A server of Redis or Valkey as its package installs it, for tests: in a folder of its own, on a free port of loopback,
// without anything that is kept.

const programs = ['redis-server', 'valkey-server']
const program = programs.find(name => spawnSync(name, ['--version']).status === 0)

/** Why there is no server to test with; undefined where there is one. */
export const noServer = program === undefined ? `neither ${programs.join(' nor ')} is installed` : undefined

/** A server that runs. */
export interface RedisServer {
  readonly url: string
  readonly port: number
  /** Ends it, at once. What it knew is gone. */
  stop(): Promise<void>
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Starts a server, on the port of one that was there before if need be. */
export const startRedis = async (port?: number): Promise<RedisServer> => {
  if (program === undefined) throw new Error(noServer)
  const chosen = port ?? (await freePort())
  const folder = mkdtempSync(join(tmpdir(), 'sage-redis-'))
  const options = {
    '--port': String(chosen),
    '--bind': '127.0.0.1',
    '--save': '',
    '--appendonly': 'no',
    '--dir': folder,
  }
  const child = spawn(program, Object.entries(options).flat(), { stdio: ['ignore', 'pipe', 'inherit'] })
  const end = (): void => void child.kill('SIGKILL')
  process.once('exit', end)
  const exited = once(child, 'exit').finally(() => {
    process.off('exit', end)
    rmSync(folder, { recursive: true, force: true })
  })
  const ready = (async () => {
    for await (const line of createInterface({ input: child.stdout }))
      if (/Ready to accept connections/.test(line)) return true
    return false
  })()
  if (!(await ready)) throw new Error(`${program} ended before it was ready`)
  child.stdout.resume()
  const stop = async (): Promise<void> => {
    end()
    await exited
  }
  return { url: `redis://127.0.0.1:${chosen}`, port: chosen, stop }
}

/** A client of a server; `close` ends it. */
export const connectRedis = async (url: string): Promise<RedisClient & { close(): void }> => {
  const client = createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy: 50 } })
  // Who waits for a reply is told; that the connection is lost is nobody's concern beside.
  client.on('error', () => undefined)
  await client.connect()
  return { command: args => client.sendCommand([...args]), close: () => client.destroy() }
}
