import { connect, type Socket } from 'node:net'
import { SUBPROTOCOL } from '../../../schemas/index.js'
import { closeCodeOf, encodeFrame, FrameReader, opcodes, PLAIN_MASK } from '../../probe/net/frames.js'
import { encodeUtf8 } from '../../probe/bytes/utf8.js'
import type { Scene } from './attack.js'

/** A connection of an attacker, raw. Whatever goes wrong with it is an outcome. */
export class Strike {
  readonly socket: Socket
  /** Resolves when the other side, or the network, has ended it. */
  readonly closed: Promise<void>
  private received = Buffer.alloc(0)
  /** Keeps what is not yet a whole frame. */
  private readonly frames = new FrameReader()
  private onData = (): void => undefined

  constructor({ host, port, signal }: Scene, allowHalfOpen = false) {
    this.socket = connect({ host, port, allowHalfOpen })
    this.socket.setNoDelay(true).on('error', () => this.socket.destroy())
    this.socket.on('data', (piece: Buffer) => {
      this.received = Buffer.concat([this.received, piece])
      this.onData()
    })
    this.closed = new Promise(resolve => this.socket.once('close', () => (this.onData(), resolve())))
    const end = (): void => void this.socket.destroy()
    signal.addEventListener('abort', end)
    void this.closed.then(() => signal.removeEventListener('abort', end))
    if (signal.aborted) end()
  }

  /** Sends bytes. False where nothing can be sent any more. */
  send(bytes: Uint8Array | string): boolean {
    if (this.socket.destroyed || !this.socket.writable) return false
    this.socket.write(bytes)
    return true
  }

  /** Resolves when the network has taken what was sent, or the connection is gone. */
  async drained(): Promise<void> {
    if (!this.socket.writableNeedDrain || this.socket.destroyed) return
    await Promise.race([new Promise(resolve => this.socket.once('drain', resolve)), this.closed])
  }

  /** The HTTP status that arrives next, or `closed`. */
  async status(): Promise<string> {
    await this.until(() => this.received.includes('\r\n\r\n'))
    const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(this.received.toString('latin1')) ?? []
    return status ?? 'closed'
  }

  /** Asks for WebSocket. True where it was granted. */
  async upgrade(): Promise<boolean> {
    this.send(upgradeHead)
    const status = await this.status()
    if (status !== '101') return false
    this.received = this.received.subarray(this.received.indexOf('\r\n\r\n') + 4)
    return true
  }

  /** The code of the close frame that comes, `text` or `pong` for another frame, or `closed` without any. */
  async frame(): Promise<string> {
    let said: string | undefined
    const look = (): boolean => {
      const bytes = this.received
      this.received = Buffer.alloc(0)
      for (const frame of this.frames.push(bytes)) {
        if (frame.opcode === opcodes.ping) continue
        said ??=
          frame.opcode === opcodes.close ? String(closeCodeOf(frame)) : frame.opcode === opcodes.pong ? 'pong' : 'text'
      }
      return said !== undefined
    }
    await this.until(look)
    return said ?? 'closed'
  }

  /** Sends a text message in one frame. */
  text(message: string | Uint8Array): boolean {
    const payload = typeof message === 'string' ? encodeUtf8(message) : message
    return this.send(encodeFrame({ opcode: opcodes.text, mask: PLAIN_MASK, payload }))
  }

  end(): void {
    this.socket.destroy()
  }

  private until(isThere: () => boolean): Promise<void> {
    return new Promise(resolve => {
      this.onData = () => {
        if (!isThere() && !this.socket.destroyed) return
        this.onData = () => undefined
        resolve()
      }
      this.onData()
    })
  }
}

/** The head of an upgrade, whole. */
export const upgradeHead =
  `GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
  `Sec-WebSocket-Key: c2llZ2VzaWVnZXNpZWdlcw==\r\nSec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n\r\n`

/** The head of a message over HTTP; without a length its body is chunked. */
export const postHead = (length?: number, path = '/messages'): string =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n` +
  `${length === undefined ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`}\r\n\r\n`
