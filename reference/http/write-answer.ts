import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { hasBody } from './read-body.js'
import type { WireAnswer } from './wire.js'

// A sender that is still sending when it is refused must be able to read why: the answer is followed by the end of our
// side, and what still arrives is thrown away until the sender falls silent or has had its time.
const LINGER_IDLE_MS = 1000
const LINGER_MS = 5000

const linger = (request: IncomingMessage, socket: Duplex): void => {
  const bye = (): void => void socket.destroy()
  const last = setTimeout(bye, LINGER_MS)
  let idle = setTimeout(bye, LINGER_IDLE_MS)
  const onData = (): void => {
    clearTimeout(idle)
    idle = setTimeout(bye, LINGER_IDLE_MS)
  }
  socket.once('close', () => {
    clearTimeout(last)
    clearTimeout(idle)
  })
  request.on('error', bye).on('end', bye).on('data', onData).resume()
}

const headersOf = ({ headers, body }: WireAnswer): Record<string, string | number> =>
  'content-length' in headers ? { ...headers } : { ...headers, 'content-length': body.length }

/**
 * Writes an answer. Where the request has not been read to its end, the connection is closed after it, without the
 * reset that would take the answer away from a client that is still sending.
 * @param stallMs milliseconds after which a client that does not take its answer is cut off
 */
export const writeAnswer = (
  request: IncomingMessage,
  response: ServerResponse,
  answer: WireAnswer,
  stallMs: number,
): void => {
  if (response.destroyed) return
  response.writeHead(answer.status, headersOf(answer))
  if (isReadToItsEnd(request)) {
    response.end(answer.body)
    // Nearly every answer is with the kernel by now.
    if (response.writableLength > 0) response.setTimeout(stallMs)
    return
  }
  response.setTimeout(stallMs)
  const { socket } = request
  response.write(answer.body, () => socket.end())
  linger(request, socket)
}

/** Resolves when the socket has taken what it was given, or takes nothing more. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise(resolve => {
    const go = (): void => {
      response.off('drain', go).off('close', go)
      resolve()
    }
    response.on('drain', go).on('close', go)
  })

/**
 * Writes an answer in lines, each when the client has taken those before it. Takes no further line once the client is gone.
 * @param stallMs milliseconds after which a client that does not take what is there is cut off
 */
export const writeLines = async (
  response: ServerResponse,
  { status, headers }: WireAnswer,
  lines: AsyncIterable<string>,
  stallMs: number,
): Promise<void> => {
  response.writeHead(status, headers)
  for await (const line of lines) {
    if (response.destroyed) return
    if (response.write(line)) continue
    response.setTimeout(stallMs)
    await drained(response)
    // It may take the next line as long as it likes to come.
    response.setTimeout(0)
  }
  response.end()
}

/** Has nothing of this request's body been left unread? */
export const isReadToItsEnd = (request: IncomingMessage): boolean => request.complete || !hasBody(request)

/** Writes an answer to bytes that are no request, and closes the connection. */
export const writeRawAnswer = (socket: Duplex, answer: WireAnswer, reason: string): void => {
  const headers = { ...answer.headers, 'content-length': String(answer.body.length), connection: 'close' }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`HTTP/1.1 ${answer.status} ${reason}\r\n${lines.join('')}\r\n`)
  socket.end(answer.body)
  const last = setTimeout(() => socket.destroy(), LINGER_IDLE_MS)
  socket.once('close', () => clearTimeout(last))
}
