import type { WebSocket } from 'ws'

interface Waiting {
  readonly bytes: Buffer
  readonly isBinary: boolean
  sent: number
}

/** Bytes that the socket is handed before it has written any of them. */
const HIGH_WATER = 262_144

/** Frames of a message at most, short of those that a receiver has to accept (ws.fragments). */
const MAX_FRAMES = 1000

const bytesOf = (message: string | Uint8Array): Buffer =>
  typeof message === 'string'
    ? Buffer.from(message)
    : Buffer.from(message.buffer, message.byteOffset, message.byteLength)

/**
 * Messages on their way into a socket, in their order. Large ones go in pieces, so that pings come between them and that
 * one sees how much the peer takes.
 */
export class Outbox {
  /** Bytes that the socket has not written yet, those that it was not handed yet included. */
  waiting = 0
  /** Bytes that the socket has written. */
  written = 0
  private handed = 0
  private readonly queue: Waiting[] = []
  private readonly roomless: (() => void)[] = []

  /** @param onWritten called whenever the socket has written something */
  constructor(
    private readonly socket: WebSocket,
    private readonly onWritten: () => void = () => undefined,
  ) {}

  /**
   * Sends a message: a string as text (ws.text), bytes as binary unless they are said to be text.
   * @returns takes the message back, where nothing of it has left, and says whether it was so
   */
  send(message: string | Uint8Array, isBinary = typeof message !== 'string'): () => boolean {
    const bytes = bytesOf(message)
    const waiting: Waiting = { bytes, isBinary, sent: 0 }
    this.waiting += bytes.length
    this.queue.push(waiting)
    this.pump()
    return () => this.withdraw(waiting)
  }

  /**
   * Resolves when the socket could do with more to write, or takes nothing more. Who has much to send, one message after
   * the other, waits for it in between.
   */
  async room(): Promise<void> {
    if (this.waiting >= HIGH_WATER) await new Promise<void>(resolve => this.roomless.push(resolve))
  }

  private withdraw(waiting: Waiting): boolean {
    if (waiting.sent > 0) return false
    const at = this.queue.indexOf(waiting)
    if (at >= 0) {
      this.queue.splice(at, 1)
      this.waiting -= waiting.bytes.length
    }
    return true
  }

  private pump(): void {
    while (this.queue.length > 0 && this.handed < HIGH_WATER) this.handPiece(this.queue[0]!)
  }

  private handPiece(message: Waiting): void {
    const { bytes, isBinary: binary, sent } = message
    const length = Math.max(HIGH_WATER, Math.ceil(bytes.length / MAX_FRAMES))
    const piece = bytes.subarray(sent, sent + length)
    message.sent += piece.length
    const fin = message.sent === bytes.length
    if (fin) this.queue.shift()
    this.handed += piece.length
    this.socket.send(piece, { binary, fin }, error => {
      this.handed -= piece.length
      this.waiting -= piece.length
      this.written += piece.length
      // A connection that has ended takes nothing more.
      if (error) return this.clear()
      this.pump()
      if (this.waiting < HIGH_WATER) this.makeRoom()
      this.onWritten()
    })
  }

  private clear(): void {
    for (const { bytes, sent } of this.queue.splice(0)) this.waiting -= bytes.length - sent
    this.makeRoom()
  }

  private makeRoom(): void {
    for (const go of this.roomless.splice(0)) go()
  }
}
