import { createServer, type Server, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { acceptOf, encodeFrame, opcodes } from '../../probe/net/frames.js'
import { encodeUtf8 } from '../../probe/bytes/utf8.js'

/** What a server does to a suite that judges it: bytes, and when. */
export interface HostileServer {
  readonly name: string
  /** What it does with a connection on which a request has begun. @param head the request's first bytes, in latin1 */
  readonly answer: (socket: Socket, head: string) => void
}

const MEGABYTE = 2 ** 20
const json = (body: string | Uint8Array, ...headers: readonly string[]): Buffer =>
  Buffer.concat([
    Buffer.from(
      [
        'HTTP/1.1 200 OK',
        'Content-Type: application/json',
        'Cache-Control: no-store',
        `Content-Length: ${Buffer.byteLength(body)}`,
        ...headers,
      ].join('\r\n') + '\r\n\r\n',
    ),
    typeof body === 'string' ? Buffer.from(body) : Buffer.from(body),
  ])

/** Writes for as long as somebody reads. */
const endlessly = (socket: Socket, piece: string | Uint8Array): void => {
  const more = (): void => {
    while (socket.writable && socket.write(piece));
  }
  socket.on('drain', more)
  more()
}

const drip = (socket: Socket, begin: string, piece: string): void => {
  socket.write(begin)
  const timer = setInterval(() => socket.write(piece), 20)
  socket.on('close', () => clearInterval(timer))
}

/** Takes an upgrade, and then speaks frames of its own. */
const upgraded = (then: (socket: Socket) => void, otherwise: HostileServer['answer']): HostileServer['answer'] => {
  return (socket, head) => {
    const [, key] = /^sec-websocket-key: *(\S+)/im.exec(head) ?? []
    if (key === undefined) return otherwise(socket, head)
    const lines = ['101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade']
    socket.write(
      `HTTP/1.1 ${lines.join('\r\n')}\r\nSec-WebSocket-Accept: ${acceptOf(key)}\r\nSec-WebSocket-Protocol: sage.v1\r\n\r\n`,
    )
    then(socket)
  }
}

const shrug: HostileServer['answer'] = socket => void socket.write(json('{"success":false,"error":"internal"}'))
const escapes = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e\r\n\u0000'
const escaped = JSON.stringify({ success: false, error: escapes, message_id: escapes, detail: escapes })
const frame = (text: string): Uint8Array => encodeFrame({ opcode: opcodes.text, payload: encodeUtf8(text) })
const bomb = gzipSync(Buffer.alloc(64 * MEGABYTE))
const deep = `{"a":${'['.repeat(MEGABYTE)}`

/** Servers that answer every message in the worst way that somebody thought of. */
export const hostileServers: readonly HostileServer[] = [
  {
    name: 'endless-body',
    answer: socket => (socket.write('HTTP/1.1 200 OK\r\n\r\n'), endlessly(socket, Buffer.alloc(65_536, 'a'))),
  },
  {
    name: 'endless-headers',
    answer: socket => (socket.write('HTTP/1.1 200 OK\r\n'), endlessly(socket, 'X-A: b\r\n'.repeat(1000))),
  },
  { name: 'endless-interim-answers', answer: socket => endlessly(socket, 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)) },
  {
    name: 'endless-chunk-sizes',
    answer: socket => (
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'),
      endlessly(socket, '0'.repeat(65_536))
    ),
  },
  { name: 'slow-drip', answer: socket => drip(socket, 'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n', ' ') },
  {
    name: 'redirect-to-itself',
    answer: (socket, head) =>
      void socket.write(
        `HTTP/1.1 307 Temporary Redirect\r\nLocation: ${/ (\S+) /.exec(head)?.[1] ?? '/'}\r\nContent-Length: 0\r\n\r\n`,
      ),
  },
  { name: 'gzip-bomb', answer: socket => void socket.write(json(bomb, 'Content-Encoding: gzip')) },
  { name: 'json-bomb', answer: socket => void socket.write(json(deep)) },
  {
    name: 'terminal-escapes',
    answer: upgraded(
      socket => endlessly(socket, frame(escaped)),
      socket => void socket.write(json(escaped, 'Set-Cookie: \u001b[31m')),
    ),
  },
  { name: 'reset', answer: socket => void socket.resetAndDestroy() },
  {
    name: 'half-an-answer-and-reset',
    answer: socket =>
      void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{', () => socket.resetAndDestroy()),
  },
  { name: 'two-answers', answer: socket => void socket.write(Buffer.concat([json('{}'), json('{}'), json('{}')])) },
  {
    name: 'huge-length',
    answer: socket => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}'),
  },
  { name: 'frame-flood', answer: upgraded(socket => endlessly(socket, frame('{"success":true}')), shrug) },
  {
    name: 'ping-flood',
    answer: upgraded(
      socket => endlessly(socket, encodeFrame({ opcode: opcodes.ping, payload: new Uint8Array(125) })),
      shrug,
    ),
  },
  {
    name: 'endless-frame',
    answer: upgraded(
      socket => (
        socket.write(encodeFrame({ opcode: opcodes.text, payload: new Uint8Array(0), announced: 2 ** 45 })),
        endlessly(socket, Buffer.alloc(65_536, 'a'))
      ),
      shrug,
    ),
  },
  {
    name: 'endless-fragments',
    answer: upgraded(
      socket => (
        socket.write(encodeFrame({ opcode: opcodes.text, fin: false, payload: encodeUtf8('{') })),
        endlessly(socket, encodeFrame({ opcode: opcodes.continuation, fin: false, payload: encodeUtf8(' ') }))
      ),
      shrug,
    ),
  },
]

/** A server of that kind, not listening yet. */
export const serveHostile = ({ answer }: HostileServer): Server =>
  createServer(socket => {
    socket.on('error', () => undefined)
    let isAnswered = false
    socket.on('data', (piece: Buffer) => {
      const head = piece.toString('latin1')
      // Of a connection that is kept each request is answered; what else arrives, such as frames, is not.
      if (isAnswered && !/^(GET|POST|PUT|HEAD|DELETE|OPTIONS|PATCH) /.test(head)) return
      isAnswered = true
      answer(socket, head)
    })
  })
