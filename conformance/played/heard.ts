import { closeCodes, MAX_MESSAGE_FRAMES } from '../../schemas/index.js'
import { concat } from '../probe/bytes/framing.js'
import { parseUtf8 } from '../probe/bytes/utf8.js'
import { closeCodeOf, FrameReader, NotFrames, opcodes, type ReadFrame } from '../probe/net/frames.js'

/** What arrived on a connection, by the rules of RFC 6455 and of websocket.md. */
export type Heard =
  /** A whole message, in UTF-8, and the frames in which it came. */
  | { readonly kind: 'text'; readonly text: Uint8Array; readonly frames: readonly ReadFrame[] }
  | { readonly kind: 'ping' | 'pong'; readonly payload: Uint8Array }
  /** 1005 where the close frame has no code. */
  | { readonly kind: 'close'; readonly code: number }
  /** The close code that such a thing has, and the rule that it breaks. */
  | { readonly kind: 'forbidden'; readonly code: number; readonly rule: string }

const { protocolError, binary, notJson, noId, tooLarge } = closeCodes

class Forbidden extends Error {
  override readonly name = 'Forbidden'

  constructor(
    readonly code: number,
    readonly rule: string,
  ) {
    super(rule)
  }
}

const forbid = (what: string): Forbidden => new Forbidden(protocolError, `ws.protocol-error: ${what}`)

/** May a close frame carry this (RFC 6455 §5.5.1, §7.4)? */
const isClosing = (payload: Uint8Array): boolean => {
  if (payload.length === 0) return true
  const code = closeCodeOf({ payload })
  return payload.length > 1 && code >= 1000 && code < 5000 && ![1004, 1005, 1006, 1015].includes(code)
}

const known: readonly number[] = Object.values(opcodes)

/** Reads what an initiator sends over WebSocket, as strictly as the specification allows. */
export class Ear {
  readonly #reader = new FrameReader()
  #frames: ReadFrame[] = []
  #bytes = 0
  #isDeaf = false

  /** @param maxMessageBytes of the responder's card */
  constructor(readonly maxMessageBytes: number) {}

  /** Takes bytes; gives what is whole by now. After something forbidden nothing more is heard. */
  hear(bytes: Uint8Array): Heard[] {
    const heard: Heard[] = []
    try {
      for (const frame of this.#isDeaf ? [] : this.#reader.push(bytes)) {
        const found = this.#take(frame)
        if (found) heard.push(found)
      }
    } catch (cause) {
      this.#isDeaf = true
      heard.push(forbidden(cause))
    }
    return heard
  }

  #take(frame: ReadFrame): Heard | undefined {
    const { fin, reserved, opcode, masked, payload } = frame
    if (reserved !== 0) throw forbid('a reserved bit')
    if (!known.includes(opcode)) throw forbid(`the reserved opcode ${opcode}`)
    if (!masked) throw forbid('a frame that is not masked')
    if (opcode < opcodes.close) return this.#takePart(frame)
    if (!fin) throw forbid('a control frame that is fragmented')
    if (payload.length > 125) throw forbid('a control frame of more than 125 bytes')
    if (opcode !== opcodes.close) return { kind: opcode === opcodes.ping ? 'ping' : 'pong', payload }
    if (!isClosing(payload)) throw forbid('a close frame with a code that none may have')
    return { kind: 'close', code: closeCodeOf({ payload }) }
  }

  #takePart(frame: ReadFrame): Heard | undefined {
    const { fin, opcode, payload } = frame
    const isFirst = this.#frames.length === 0
    if (isFirst && opcode === opcodes.continuation) throw forbid('a continuation of nothing')
    if (!isFirst && opcode !== opcodes.continuation) throw forbid('another message before the end of one')
    if (opcode === opcodes.binary) throw new Forbidden(binary, 'ws.text: a binary message')
    this.#bytes += payload.length
    if (this.#bytes > this.maxMessageBytes) throw new Forbidden(tooLarge, 'ws.message-limit')
    if (this.#frames.push(frame) > MAX_MESSAGE_FRAMES) throw new Forbidden(noId, 'ws.fragments: too many')
    if (!fin) return undefined
    const frames = this.#frames
    const text = concat(...frames.map(part => part.payload))
    this.#frames = []
    this.#bytes = 0
    if (!isUtf8(text)) throw new Forbidden(notJson, 'ws.text: not UTF-8')
    return { kind: 'text', text, frames }
  }
}

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    return parseUtf8(bytes) !== undefined
  } catch {
    return false
  }
}

const forbidden = (cause: unknown): Heard => {
  if (cause instanceof NotFrames) return { kind: 'forbidden', code: tooLarge, rule: 'ws.message-limit' }
  if (!(cause instanceof Forbidden)) throw cause
  return { kind: 'forbidden', code: cause.code, rule: cause.rule }
}
