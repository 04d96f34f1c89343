import { Duplex } from 'node:stream'

// A connection on which the frames of the other side are mended before anybody judges them: what RFC 6455 forbids is then
// taken by an implementation that would have refused it.

/** The head of a frame. */
export interface FrameHead {
  readonly fin: boolean
  /** The three reserved bits. */
  readonly reserved: number
  readonly opcode: number
  /** Four bytes, or none where it is not masked. */
  readonly mask: Uint8Array
  /** Bytes of the payload. */
  readonly length: number
}

/** What becomes of a frame: its head, perhaps another, or undefined where it is dropped. `isOpen`: a message has begun. */
export type Mend = (head: FrameHead, isOpen: boolean) => FrameHead | undefined

const CONTINUATION = 0
const CONTROL = 8

const readHead = (bytes: Buffer): (FrameHead & { readonly headLength: number }) | undefined => {
  if (bytes.length < 2) return undefined
  const [first, second] = [bytes[0]!, bytes[1]!]
  const short = second & 0x7f
  const maskAt = short === 127 ? 10 : short === 126 ? 4 : 2
  const headLength = maskAt + (second & 0x80 ? 4 : 0)
  if (bytes.length < headLength) return undefined
  const length = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short
  const mask = bytes.subarray(maskAt, headLength)
  return { fin: first > 0x7f, reserved: (first >> 4) & 7, opcode: first & 15, mask, length, headLength }
}

const writeHead = ({ fin, reserved, opcode, mask, length }: FrameHead): Buffer => {
  const isShort = length < 126
  const head = Buffer.alloc(isShort ? 2 : 10)
  head[0] = (fin ? 0x80 : 0) | (reserved << 4) | opcode
  head[1] = (mask.length > 0 ? 0x80 : 0) | (isShort ? length : 127)
  if (!isShort) head.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([head, mask])
}

class MendedLine extends Duplex {
  private unread = Buffer.alloc(0)
  private payload = 0
  private isDropped = false
  private isOpen = false

  constructor(
    private readonly socket: Duplex,
    private readonly mend: Mend,
  ) {
    super()
    socket.on('data', (bytes: Buffer) => this.push(this.mended(bytes)) || socket.pause())
    socket.on('end', () => this.push(null))
    socket.on('error', () => this.destroy())
    socket.on('close', () => this.destroy())
  }

  override _read(): void {
    this.socket.resume()
  }

  override _write(bytes: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
    this.socket.write(bytes, done)
  }

  override _final(done: () => void): void {
    this.socket.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket.destroy()
    done(error)
  }

  private mended(bytes: Buffer): Buffer {
    this.unread = Buffer.concat([this.unread, bytes])
    const out: Buffer[] = []
    for (;;) {
      const part = this.unread.subarray(0, this.payload)
      this.unread = this.unread.subarray(part.length)
      this.payload -= part.length
      if (!this.isDropped) out.push(part)
      const head = this.payload === 0 ? readHead(this.unread) : undefined
      if (head === undefined) return Buffer.concat(out)
      this.unread = this.unread.subarray(head.headLength)
      this.payload = head.length
      const mended = this.mend(head, this.isOpen)
      this.isDropped = mended === undefined
      if (mended === undefined) continue
      if (mended.opcode < CONTROL) this.isOpen = !mended.fin
      out.push(writeHead(mended))
    }
  }
}

/** The frames of a connection, mended. */
export const mendedLine =
  (mend: Mend) =>
  (socket: Duplex): Duplex =>
    new MendedLine(socket, mend)

/** Is it a frame of control? */
export const isControl = ({ opcode }: FrameHead): boolean => opcode >= CONTROL

/** Opcode of a frame that goes on with a message. */
export const continuation = CONTINUATION
