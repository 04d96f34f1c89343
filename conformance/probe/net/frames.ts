import { createHash } from 'node:crypto'
import { be16, be64, concat } from '../bytes/framing.js'

/** What a frame is, by RFC 6455 §5.2. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** A frame as it is put on the wire, right or wrong. */
export interface Frame {
  /** The last of its message; it is unless it says otherwise. */
  readonly fin?: boolean
  /** The three reserved bits, RSV1 being 4. */
  readonly reserved?: number
  readonly opcode: number
  /** Masking key, 4 bytes. A frame without one is not masked. */
  readonly mask?: Uint8Array | undefined
  readonly payload: Uint8Array
  /** Bytes that the header announces, where they are not those of the payload. */
  readonly announced?: number
}

/** A frame as it was read. */
export interface ReadFrame {
  readonly fin: boolean
  readonly reserved: number
  readonly opcode: number
  readonly masked: boolean
  /** Masking key, 4 bytes, of a frame that was masked. */
  readonly mask?: Uint8Array
  readonly payload: Uint8Array
}

/** A message as it goes over WebSocket: a text, and the frames that carry it, or that say something else. */
export interface WireFrames {
  readonly text: Uint8Array
  readonly frames: readonly Frame[]
}

/** Why bytes are not frames, in words fit for a report. */
export class NotFrames extends Error {
  override readonly name = 'NotFrames'
}

/** Payload of one frame that the suite reads at most. */
const MAX_PAYLOAD = 64 * 1024 * 1024

const masked = (payload: Uint8Array, mask: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(payload.length)
  for (let at = 0; at < bytes.length; at++) bytes[at] = payload[at]! ^ mask[at & 3]!
  return bytes
}

const lengthOf = (bytes: number, maskBit: number): Uint8Array => {
  if (bytes < 126) return Uint8Array.of(maskBit | bytes)
  if (bytes < 65536) return concat(Uint8Array.of(maskBit | 126), be16(bytes))
  return concat(Uint8Array.of(maskBit | 127), be64(BigInt(bytes)))
}

/** A masking key that changes nothing, and costs nothing: what is long and secret from nobody may have it. */
export const PLAIN_MASK = new Uint8Array(4)

/** The bytes of a frame. */
export const encodeFrame = ({ fin = true, reserved = 0, opcode, mask, payload, announced }: Frame): Uint8Array => {
  const first = Uint8Array.of((fin ? 0x80 : 0) | (reserved << 4) | opcode)
  const length = lengthOf(announced ?? payload.length, mask ? 0x80 : 0)
  if (!mask) return concat(first, length, payload)
  return concat(first, length, mask, mask === PLAIN_MASK ? payload : masked(payload, mask))
}

/** Reads frames from the bytes of a connection. It judges nothing: whoever asks for a frame sees it as it was. */
export class FrameReader {
  #pieces: Uint8Array[] = []
  #length = 0

  /**
   * Takes bytes; gives the frames that are whole by now.
   * @throws NotFrames
   */
  push(bytes: Uint8Array): ReadFrame[] {
    this.#pieces.push(bytes)
    this.#length += bytes.length
    const frames: ReadFrame[] = []
    for (let frame = this.#next(); frame; frame = this.#next()) frames.push(frame)
    return frames
  }

  #next(): ReadFrame | undefined {
    if (this.#length < 2) return undefined
    const head = this.#peek(Math.min(14, this.#length))
    const [first = 0, second = 0] = head
    const short = second & 0x7f
    const extended = short === 127 ? 8 : short === 126 ? 2 : 0
    const isMasked = (second & 0x80) !== 0
    const start = 2 + extended + (isMasked ? 4 : 0)
    if (head.length < start) return undefined
    const bytes = extended === 0 ? short : readLength(head.subarray(2, 2 + extended))
    if (this.#length < start + bytes) return undefined
    const frame = this.#take(start + bytes)
    const payload = frame.subarray(start)
    const read = { fin: (first & 0x80) !== 0, reserved: (first >> 4) & 7, opcode: first & 15, masked: isMasked }
    if (!isMasked) return { ...read, payload }
    const mask = frame.subarray(start - 4, start)
    return { ...read, mask, payload: masked(payload, mask) }
  }

  #peek(count: number): Uint8Array {
    if ((this.#pieces[0]?.length ?? 0) < count) this.#pieces = [Buffer.concat(this.#pieces)]
    return (this.#pieces[0] ?? new Uint8Array(0)).subarray(0, count)
  }

  #take(count: number): Uint8Array {
    const taken = this.#peek(count)
    const rest = this.#pieces[0]?.subarray(count) ?? new Uint8Array(0)
    if (rest.length === 0) this.#pieces.shift()
    else this.#pieces[0] = rest
    this.#length -= count
    return taken
  }
}

const readLength = (bytes: Uint8Array): number => {
  const length = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  if (length > MAX_PAYLOAD) throw new NotFrames('a frame beyond what the suite reads')
  return length
}

/** The `Sec-WebSocket-Accept` that belongs to a `Sec-WebSocket-Key` (RFC 6455 §4.2.2). */
export const acceptOf = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')

/** Payload of a close frame: a code and nothing more. */
export const closePayload = (code: number): Uint8Array => be16(code)

/** The code of a close frame; 1005 where it has none (RFC 6455 §7.1.5). */
export const closeCodeOf = ({ payload }: Pick<ReadFrame, 'payload'>): number =>
  payload.length < 2 ? 1005 : (payload[0] ?? 0) * 256 + (payload[1] ?? 0)
