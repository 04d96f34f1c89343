import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Reply } from './reply.js'

/** A request as it arrived. */
export interface Arrival {
  readonly method: string
  /** Request target. */
  readonly path: string
  /** Names as they were written, repetitions included. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
}

/** What a listener does with what arrives. */
export interface Listening {
  readonly answer: (arrival: Arrival) => Promise<Reply>
  /** Is told how many bytes of an endless body were taken. */
  readonly flooded: (bytes: number) => void
  /** Takes over a connection with a request that asks for an upgrade, to whatever; without it there are none. */
  readonly upgrade?: (arrival: Arrival, socket: Socket) => void
}

/** Where a played responder listens. */
export interface PeerListener {
  /** Scheme, host and port. */
  readonly origin: string
  /** Ends every connection. */
  close(): Promise<void>
}

const MAX_BODY = 2 ** 24
/** Bytes of an endless body after which whoever still reads it is taken to read for ever. */
export const MAX_FLOOD = 2 ** 26

const readBody = async (request: IncomingMessage): Promise<Uint8Array> => {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > MAX_BODY) break
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

const pairs = (raw: readonly string[]): (readonly [string, string])[] =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : []))

/** Writes `body` over and over, as fast as it is read. Gives the number of bytes that were handed over. */
const flood = async (response: ServerResponse, body: Uint8Array): Promise<number> => {
  const piece = Buffer.concat(Array.from({ length: Math.ceil(65_536 / body.length) }, () => body))
  let bytes = 0
  while (bytes < MAX_FLOOD && !response.destroyed) {
    bytes += piece.length
    if (response.write(piece)) continue
    await new Promise<void>(resolve => {
      const go = (): void => {
        response.off('drain', go).off('close', go)
        resolve()
      }
      response.once('drain', go).once('close', go)
    })
  }
  response.destroy()
  return bytes
}

const truncate = async (response: ServerResponse, { status, headers, body }: Reply): Promise<number> => {
  const half = body.subarray(0, body.length >> 1)
  response.writeHead(status, [...headers.flat(), 'Content-Length', String(body.length)])
  await new Promise<void>(resolve => response.write(half, () => resolve()))
  response.destroy()
  return half.length
}

/** Puts a reply on the wire, and gives the number of bytes of its body that were handed over. */
const send = async (response: ServerResponse, reply: Reply): Promise<number> => {
  switch (reply.ending ?? 'whole') {
    case 'reset':
      response.socket?.resetAndDestroy()
      return 0
    case 'closed':
      response.socket?.destroy()
      return 0
    case 'truncated':
      return truncate(response, reply)
    case 'cut':
      response.writeHead(reply.status, reply.headers.flat())
      await new Promise<void>(resolve => response.write(reply.body, () => resolve()))
      response.destroy()
      return reply.body.length
    case 'endless':
      response.writeHead(reply.status, reply.headers.flat())
      return flood(response, reply.body)
    case 'whole':
      response.writeHead(reply.status, reply.headers.flat()).end(reply.body)
      return reply.body.length
  }
}

/** Listens on a free port of this machine's loopback address. What arrives that is not HTTP is dropped. */
export const listen = async ({ answer, flooded, upgrade }: Listening): Promise<PeerListener> => {
  const sockets = new Set<Socket>()
  const arrivalOf = ({ method = '', url: path = '', rawHeaders }: IncomingMessage, body: Uint8Array): Arrival => ({
    method,
    path,
    headers: pairs(rawHeaders),
    body,
  })
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const reply = await answer(arrivalOf(request, await readBody(request)))
    const bytes = await send(response, reply)
    if (reply.ending === 'endless') flooded(bytes)
  }
  const server = createServer((request, response) => {
    // Whoever is judged may end its connection at any time.
    serve(request, response).catch(() => response.destroy())
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => undefined))
    socket.once('close', () => sockets.delete(socket))
  })
  if (upgrade)
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (head.length > 0) socket.unshift(head)
      upgrade(arrivalOf(request, new Uint8Array(0)), socket as Socket)
    })
  server.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = new Promise(resolve => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
