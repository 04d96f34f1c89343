import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { WebSocketServer } from 'ws'
import { createIdentity } from '../../../reference/index.js'
import { honestSeams } from '../../../reference/agent/honest-seams.js'
import { createResponder } from '../../../reference/agent/responder.js'
import { SUBPROTOCOL } from '../../../schemas/index.js'
import { mutants } from '../../mutants/index.js'
import type { Inspection, Place, TargetKind } from './target.js'

// What is besieged, as a process of its own: `serve-target.js KIND`. It says where it is, and what it holds when it is asked.

const KEPT_MS = 2_000
const MANY = 1_000_000

let faults = 0

/** A responder with its default limits, save that a request has two seconds to arrive instead of thirty. */
const serveReference = async (mutant: string | undefined, isRoomy: boolean): Promise<string> => {
  const fault = mutants.find(({ name }) => name === mutant)?.fault
  if (mutant !== undefined && fault === undefined) throw new Error(`no mutant is called ${mutant}`)
  const agent = await createResponder(
    {
      identity: createIdentity(),
      capabilities: { echo: true, ws: true, batch: true, gzip: true, stream: true, health: true, metrics: true },
      requestTimeoutMs: KEPT_MS,
      ...(isRoomy && { caps: { sessions: MANY, provisionalSessions: MANY, nonces: MANY } }),
      log: ({ event }) => {
        if (event === 'fault') faults++
      },
    },
    fault?.(honestSeams) ?? honestSeams,
  )
  return agent.url
}

/** HTTP and WebSocket by themselves: JSON comes back as it came. */
const serveBare = async (): Promise<string> => {
  const server = createServer({ requestTimeout: KEPT_MS, headersTimeout: KEPT_MS }, (request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      let body = Buffer.from('{}')
      try {
        body = Buffer.from(JSON.stringify(pieces.length > 0 ? JSON.parse(Buffer.concat(pieces).toString()) : {}))
      } catch {
        response.statusCode = 400
      }
      response.setHeader('content-type', 'application/json')
      response.end(body)
    })
  })
  const sockets = new WebSocketServer({
    server,
    perMessageDeflate: false,
    maxPayload: 8_388_608,
    handleProtocols: () => SUBPROTOCOL,
  })
  sockets.on('connection', socket => {
    socket.on('error', () => undefined)
    socket.on('message', (text: Buffer) => socket.send(text, { binary: false }))
  })
  server.listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const delay = monitorEventLoopDelay({ resolution: 5 })
delay.enable()

const socketsNow = (): number => process.getActiveResourcesInfo().filter(name => name === 'TCPSocketWrap').length

/** Memory after two collections, with a turn between them in which what was let go is let go of. */
const inspect = async (): Promise<Inspection> => {
  const { user, system } = process.cpuUsage()
  const delayMs = Math.max(0, delay.percentile(99) / 1e6)
  delay.reset()
  for (let turn = 0; turn < 2; turn++) {
    globalThis.gc?.()
    await new Promise(resolve => setImmediate(resolve))
  }
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss, held: heapUsed + external, sockets: socketsNow(), faults, cpuMs: (user + system) / 1000, delayMs }
}

const [kind = 'reference', mutant] = process.argv.slice(2) as [TargetKind, string?]
const say = (message: Place | Inspection): void => void process.send?.(message)

process.on('message', () => void inspect().then(say))
process.on('disconnect', () => process.exit())

say({ url: kind === 'bare' ? await serveBare() : await serveReference(mutant, kind === 'roomy') })
