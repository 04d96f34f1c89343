import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { roomPath } from '../../../schemas/index.js'
import { encodeBase64url } from '../../probe/bytes/base64.js'
import { encodeDidKey } from '../../probe/identity/did-key.js'
import { deriveEd25519PublicKey } from '../../probe/crypto/ed25519.js'
import { deriveX25519PublicKey } from '../../probe/crypto/x25519.js'
import { serveHostile, type HostileServer } from './hostile-servers.js'

/** What the suite made of a hostile server. */
export interface HostileVerdict {
  readonly name: string
  /** Its exit status; undefined where it had to be ended. */
  readonly status: number | undefined
  readonly seconds: number
  /** Bytes of the suite's process at its largest. */
  readonly peakRss: number
  /** Control characters on the screen, by their codes. */
  readonly controls: readonly number[]
  /** The last thing that it said. */
  readonly said: string
}

const PROGRAM = roomPath('conformance', 'bin', 'sage-conformance.js')
const anyKey = new Uint8Array(32).fill(7)
// The process itself says how large it has been, when it ends.
const preload = `process.on('exit', () => require('node:fs').writeSync(3, String(process.resourceUsage().maxRSS)))`
const PRELOAD = `data:text/javascript,${encodeURIComponent(`import { createRequire } from 'node:module'; const require = createRequire('/'); ${preload}`)}`

/** Flags of a target without a card, so that every check comes to the server itself. */
const flagsFor = (url: string): string[] => [
  ...['--did', encodeDidKey(deriveEd25519PublicKey(anyKey))],
  ...['--kem-key', encodeBase64url(deriveX25519PublicKey(anyKey))],
  ...['--http', url, '--ws', url.replace('http', 'ws')],
]

/** Control characters, line feeds aside. */
const controlsIn = (text: string): number[] =>
  [...new Set([...text].map(each => each.codePointAt(0)!))].filter(
    code => (code < 32 && code !== 10) || (code >= 127 && code < 160) || (code >= 0x202a && code <= 0x202e),
  )

/**
 * Runs the suite, as a process of its own, against a hostile server, and ends it when it takes too long.
 * @param options further ones of `sage-conformance run`
 */
export const judgeHostile = async (
  server: HostileServer,
  patienceMs: number,
  options: readonly string[] = [],
): Promise<HostileVerdict> => {
  const listener = serveHostile(server)
  const sockets = new Set<{ destroy(): void }>()
  listener.on('connection', socket => sockets.add(socket))
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`
  const began = performance.now()
  const words = ['--import', PRELOAD, PROGRAM, 'run', url, ...flagsFor(url), '--timeout', '300', ...options]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  const heard = ['', '', '']
  for (const [index, stream] of child.stdio.slice(1).entries())
    stream!.on('data', (text: Buffer) => (heard[index] += text.toString()))
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  const [status] = (await once(child, 'close')) as [number | null]
  clearTimeout(timer)
  for (const socket of sockets) socket.destroy()
  listener.close()
  const [out = '', err = '', rss = '0'] = heard
  return {
    name: server.name,
    status: status ?? undefined,
    seconds: (performance.now() - began) / 1000,
    peakRss: Number(rss) * 1024,
    controls: controlsIn(out + err),
    said: `${out}${err}`.trimEnd().split('\n').slice(-3).join(' | '),
  }
}
