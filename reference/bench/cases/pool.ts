import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { connect, createConnections, createIdentity, type Connections, type Session } from '../../index.js'
import type { BenchCase, Contest, Figures } from '../bench-case.js'
import { systemStopwatch } from '../meter.js'
import { startServer, type BenchServer } from '../servers/start-server.js'

const SESSIONS = 64
const ROUNDS = 16
/** As many as are of use to a server with two cores. */
const HTTP_CONNECTIONS = 16
/** Messages that are not counted. */
const WARM_UPS = 200
const KIB = new Uint8Array(1024)

const OWN = 'connections of its own'

/** Bytes that this process holds, when nothing is left to collect. */
const held = async (): Promise<number> => {
  // What was just closed, and what finalizers hold, is let go a little later.
  for (let passes = 0; passes < 4; passes++) {
    await pause(20)
    globalThis.gc?.()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const open = (server: BenchServer, transport: 'http' | 'ws', connections?: Connections): Promise<Session> => {
  const options = { expectedDid: server.did!, transports: [transport], ...(connections && { connections }) }
  return connect(server.url, { identity: createIdentity(), ...options })
}

/** Sessions that all ask at once, each for one echo after the other. */
const ask = async (sessions: readonly Session[], rounds: number): Promise<void> => {
  for (let round = 0; round < rounds; round++)
    await Promise.all(sessions.map(session => session.send('sage/echo@v1', KIB)))
}

/** What a message costs, and how much a session holds in the end. */
const load = async (server: BenchServer, transport: 'http' | 'ws', connections?: Connections): Promise<Figures> => {
  const sockets = new Set<Socket>()
  subscribe('net.client.socket', message => {
    const { socket } = message as { socket: Socket }
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const early = await open(server, transport)
  await ask([early], WARM_UPS)
  await early.close()
  const before = await held()
  const [wallBefore, cpuBefore] = [systemStopwatch.wall(), systemStopwatch.cpu()]
  const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => open(server, transport, connections)))
  await ask(sessions, ROUNDS)
  const messages = SESSIONS * ROUNDS
  const [wall, cpu] = [systemStopwatch.wall() - wallBefore, systemStopwatch.cpu() - cpuBefore]
  const figures = { time: (wall * 1000) / messages, cpu: cpu / messages, sockets: sockets.size }
  const bytes = ((await held()) - before) / SESSIONS
  await Promise.all(sessions.map(session => session.close()))
  await connections?.close()
  return { ...figures, held: bytes }
}

const contest = async (transport: 'http' | 'ws'): Promise<Contest> => {
  const server = await startServer('reference')
  return {
    subject: { trial: () => load(server, transport, createConnections({ http: { connections: HTTP_CONNECTIONS } })) },
    baselines: { [OWN]: { trial: () => load(server, transport) } },
    tearDown: () => server.stop(),
  }
}

const poolCase = (transport: 'http' | 'ws', about: string): BenchCase => ({
  name: `pool/${transport}`,
  unit: 'message',
  about,
  maxRounds: 5,
  nodeFlags: ['--expose-gc'],
  rows: ['time', 'cpu', 'sockets', 'held'].map(figure => ({ figure, against: OWN })),
  setUp: () => contest(transport),
})

/** Sessions that share connections beside sessions of which each has its own, connecting included. */
export const poolCases: readonly BenchCase[] = [
  poolCase(
    'http',
    `${SESSIONS} sessions with one responder over HTTP share ${HTTP_CONNECTIONS} connections, or have their own: they connect and send ${ROUNDS} echoes of 1 KiB each; \`sockets\` are open and \`held\` bytes are in use for each session in the end.`,
  ),
  poolCase('ws', 'The same over WebSocket: at most 8 connections are shared, each with room for 16 messages at once.'),
]
