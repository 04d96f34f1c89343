import { createCipheriv } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

/** Where messages are sealed twice beside being echoed. */
export const SEALING_PATH = '/sealing'

const key = Buffer.alloc(32, 1)
const nonce = Buffer.alloc(12, 2)
const aad = Buffer.alloc(256, 3)

/** What sealing costs, and about what opening does. */
const seal = (plaintext: Uint8Array): Buffer => {
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 })
  cipher.setAAD(aad, { plaintextLength: plaintext.length })
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

const echo = (text: string, path: string | undefined): Buffer => {
  const message = JSON.parse(text) as { payload: string }
  if (path !== SEALING_PATH) return Buffer.from(JSON.stringify(message))
  const record = Buffer.from(message.payload, 'base64')
  seal(record)
  return Buffer.from(JSON.stringify({ ...message, payload: seal(record).toString('base64') }))
}

/**
 * What HTTP and WebSocket cost by themselves: reads the JSON of a message and writes it back; at {@link SEALING_PATH} two runs
 * of the AEAD, which no protected echo can do without, come with it. @returns its origin
 */
export const serveBare = async (): Promise<string> => {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const body = echo(Buffer.concat(pieces).toString(), request.url)
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
      response.end(body)
    })
  })
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket, { url }) =>
    socket.on('message', (message: Buffer) => socket.send(echo(message.toString(), url), { binary: false })),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
