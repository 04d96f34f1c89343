import { createServer, type Server, type ServerOptions } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex, Transform } from 'node:stream'
import { http, mutant } from './mutant.js'

/** Takes away the header that names the chunks: what is left has a length alone. */
const withoutCoding = (): Transform =>
  new Transform({
    transform: (bytes: Buffer, _encoding, done) =>
      done(null, Buffer.from(bytes.toString('latin1').replace(/^Transfer-Encoding: chunked\r\n/im, ''), 'latin1')),
  })

/** A server that never sees a `Transfer-Encoding`. */
const goingByLength = (options: ServerOptions): Server => {
  const server = createServer(options)
  const [take] = server.listeners('connection') as ((connection: Duplex) => void)[]
  server.removeAllListeners('connection').on('connection', (socket: Socket) => {
    const readable = socket.pipe(withoutCoding())
    const connection = Duplex.from({ readable, writable: socket }).on('error', () => socket.destroy())
    take?.call(server, connection)
  })
  return server
}

/** Responders that take the end of a request for another than it is. */
export const framingMutants = [
  mutant('length-ends-a-request', ['http.chunked-counts'], http(goingByLength)),
  mutant(
    'both-lengths-taken',
    ['http.length-beside-chunked', 'http.chunked-closes'],
    http(options => createServer({ ...options, insecureHTTPParser: true })),
  ),
]
