import type { AddressInfo } from 'node:net'
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws'
import { parseJson } from '../../bytes/json.js'
import { readMessageId } from '../../message/envelope.js'
import type { ChannelOptions } from '../../transport/channel.js'

export const MAX = 65_536

/** What a server does with a message. */
export type Answering = (socket: WebSocket, id: string, body: string) => void

export const answerTo = (id: string, more: object = {}): string => JSON.stringify({ message_id: id, ...more })

/** A server that answers as a test wants, and remembers what came. */
export const start = async (answer: Answering, options: ServerOptions = {}) => {
  const upgrades: Record<string, string | string[] | undefined>[] = []
  const received: { readonly body: string; readonly isBinary: boolean }[] = []
  const closes: number[] = []
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'sage.v1', ...options })
  server.on('connection', (socket, request) => {
    upgrades.push(request.headers)
    socket.on('message', (bytes: Buffer, isBinary) => {
      const body = bytes.toString()
      received.push({ body, isBinary })
      answer(socket, (JSON.parse(body) as { id: string }).id, body)
    })
    socket.on('error', () => undefined)
    socket.on('close', code => closes.push(code))
  })
  await new Promise(resolve => server.once('listening', resolve))
  const close = (): Promise<void> =>
    new Promise(resolve => {
      for (const client of server.clients) client.terminate()
      server.close(() => resolve())
    })
  const endpoint = new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`)
  return { endpoint, server, upgrades, received, closes, [Symbol.asyncDispose]: close }
}

export const options: ChannelOptions = {
  maxMessageBytes: MAX,
  messageIdOf: bytes => readMessageId(parseJson(bytes)),
  monotonic: () => 0,
  timeoutMs: 60_000,
}

export const message = (id: string, more: object = {}) => ({
  id,
  body: Buffer.from(JSON.stringify({ id, ...more })),
  timeoutMs: 60_000,
})

export const textOf = ({ body }: { readonly body: Uint8Array }): string => Buffer.from(body).toString()
