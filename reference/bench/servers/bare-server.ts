import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

const echo = (text: string): Buffer => Buffer.from(JSON.stringify(JSON.parse(text)))

/** What HTTP and WebSocket cost by themselves: reads the JSON of a message and writes it back. @returns its origin */
export const serveBare = async (): Promise<string> => {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const body = echo(Buffer.concat(pieces).toString())
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
      response.end(body)
    })
  })
  new WebSocketServer({ server, path: '/ws', perMessageDeflate: false }).on('connection', socket =>
    socket.on('message', (message: Buffer) => socket.send(echo(message.toString()), { binary: false })),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
