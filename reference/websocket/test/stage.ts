import { createServer } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { encodeUtf8 } from '../../bytes/utf8.js'
import { parseJson } from '../../bytes/json.js'
import { readId } from '../../message/envelope.js'
import type { Exchange } from '../../transport/exchange.js'
import { incomingGuards, loadGuards } from '../incoming-guards.js'
import { upgradeGuards } from '../upgrade-guards.js'
import { WebSocketListener, type WebSocketListenerOptions } from '../websocket-listener.js'
import { webSocketParts } from '../websocket-parts.js'

// A listener with an exchange that answers by echoing what it read, and a client that writes frames byte by byte.

export const MAX = 65_536

const message = {
  kind: 'handshake',
  id: 'm',
  contextId: 'c',
  taskId: 't',
  did: 'did:x:a',
  payloadBytes: new Uint8Array(),
  signature: new Uint8Array(),
} as const

/** Reads as a responder does, and answers with what it read. */
export const echoing: Exchange = {
  read: bytes => {
    try {
      const value = parseJson(bytes)
      return { isJson: true, value, id: readId(value) }
    } catch (refusal) {
      return { isJson: false, refusal }
    }
  },
  answer: async (reading, arrival) => {
    try {
      arrival.judge(message)
    } catch (error) {
      const { code } = error as { code: 'unavailable' }
      return { kind: 'error', body: { success: false, error: code } }
    }
    arrival.accepted()
    return { kind: 'handshake', body: (reading.isJson ? reading.value : {}) as never, message }
  },
  answerBatch: () => Promise.reject(new Error('there are no batches over WebSocket')),
  unanswered: () => undefined,
}

/** A clock that stands still until it is told to go on. */
export class StillClock {
  ms = 0
  readonly monotonic = (): number => this.ms
}

/** A running listener; what is given differs from the usual. */
export const start = async (change: Partial<WebSocketListenerOptions> = {}) => {
  const faults: unknown[] = []
  const clock = new StillClock()
  const listener = new WebSocketListener({
    path: '/ws',
    origins: new Set(['https://listed.example']),
    upgradeGuards,
    incomingGuards,
    loadGuards,
    maxConnections: 8,
    maxMessageBytes: MAX,
    caps: { requests: 16, requestBytes: 4 * MAX },
    parts: { ...webSocketParts, sweepMs: 5 },
    exchange: echoing,
    monotonic: clock.monotonic,
    fault: error => faults.push(error),
    ...change,
  })
  const server = createServer()
  server.on('upgrade', (request, socket, head) => {
    const status = listener.refuse(request, true)
    if (status === undefined) listener.take(request, socket, head)
    else socket.end(`HTTP/1.1 ${status} Refused\r\n\r\n`)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const close = async (): Promise<void> => {
    server.close()
    await listener.close(0)
  }
  return { port: (server.address() as AddressInfo).port, listener, faults, clock, [Symbol.asyncDispose]: close }
}

export type Running = Awaited<ReturnType<typeof start>>

/** Head lines of an upgrade. */
export const upgradeLines = [
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Protocol: sage.v1',
]

export interface FrameOptions {
  readonly fin?: boolean
  readonly reserved?: number
  readonly masked?: boolean
  /** Bytes that the head announces, where not those that follow. */
  readonly announced?: number
}

/** A frame, masked with zeros unless it is told otherwise. */
export const frame = (
  opcode: number,
  payload: Uint8Array | string = '',
  { fin = true, reserved = 0, masked = true, announced }: FrameOptions = {},
): Buffer => {
  const bytes = typeof payload === 'string' ? encodeUtf8(payload) : payload
  const length = announced ?? bytes.length
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  head[0] = (fin ? 0x80 : 0) | (reserved << 4) | opcode
  head[1] = (masked ? 0x80 : 0) | (length < 126 ? length : length < 65_536 ? 126 : 127)
  if (head.length === 4) head.writeUInt16BE(length, 2)
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([head, masked ? Buffer.alloc(4) : Buffer.alloc(0), bytes])
}

export interface Received {
  readonly opcode: number
  readonly payload: Buffer
}

/** A client that writes what it is told and remembers what it got. */
export class RawClient {
  /** The answer to the upgrade. */
  head = ''
  readonly frames: Received[] = []
  /** Is a close frame answered? */
  answersClose = true
  readonly ended: Promise<void>
  private unread = Buffer.alloc(0)
  private changed = (): void => undefined

  constructor(readonly socket: Socket) {
    socket.on('data', bytes => this.read(bytes))
    socket.on('error', () => undefined)
    this.ended = new Promise(resolve => socket.once('close', () => (this.changed(), resolve())))
  }

  /** Waits until something holds. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.socket.destroyed) throw new Error(`the connection ended: ${this.head}`)
      await new Promise<void>(resolve => (this.changed = resolve))
    }
  }

  /** The next frame of a kind. */
  async next(opcode: number): Promise<Buffer> {
    const find = (): number => this.frames.findIndex(frame => frame.opcode === opcode)
    await this.until(() => find() >= 0)
    return this.frames.splice(find(), 1)[0]!.payload
  }

  /** The code of the close frame that comes, once the connection has ended. */
  async closeCode(): Promise<number | undefined> {
    await this.ended
    const close = this.frames.find(({ opcode }) => opcode === 8)
    return close && close.payload.length > 0 ? close.payload.readUInt16BE(0) : undefined
  }

  private read(bytes: Buffer): void {
    this.unread = Buffer.concat([this.unread, bytes])
    if (this.head === '') {
      const end = this.unread.indexOf('\r\n\r\n')
      if (end < 0) return
      this.head = this.unread.subarray(0, end).toString()
      this.unread = this.unread.subarray(end + 4)
    }
    while (this.readFrame());
    this.changed()
  }

  private readFrame(): boolean {
    const { unread } = this
    if (unread.length < 2) return false
    const short = unread[1]! & 0x7f
    const at = short === 127 ? 10 : short === 126 ? 4 : 2
    if (unread.length < at) return false
    const length = short === 127 ? Number(unread.readBigUInt64BE(2)) : short === 126 ? unread.readUInt16BE(2) : short
    if (unread.length < at + length) return false
    const received = { opcode: unread[0]! & 15, payload: unread.subarray(at, at + length) }
    this.frames.push(received)
    if (received.opcode === 8 && this.answersClose) this.socket.end(frame(8, received.payload))
    this.unread = unread.subarray(at + length)
    return true
  }
}

/** Sends an upgrade, and gives the client once it has been answered. */
export const open = async (port: number, lines: readonly string[] = upgradeLines): Promise<RawClient> => {
  const client = new RawClient(connect(port, '127.0.0.1'))
  client.socket.write(['GET /ws HTTP/1.1', ...lines, '', ''].join('\r\n'))
  await client.until(() => client.head !== '')
  return client
}
