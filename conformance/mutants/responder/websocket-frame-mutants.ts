import { WebSocket } from 'ws'
import { parseMessage } from '../../../reference/message/envelope.js'
import { all, insert, mutant, parts, socketClass, sockets, webSocket, type Fault } from './mutant.js'
import { continuation, isControl, mendedLine, type Mend } from './mended-line.js'

const TEXT = 1
const noMask = Buffer.alloc(4)

/** Frames are taken that the RFC forbids. */
const takes = (mend: Mend): Fault => webSocket(() => ({ line: mendedLine(mend) }))

/** Where one code is due, connections are closed with another. */
const closesWith = (other: number, due: number): Fault =>
  socketClass(
    class extends WebSocket {
      override close(code?: number, reason?: string | Buffer): void {
        super.close(code === due ? other : code, reason)
      }
    },
  )

/** Responders that are wrong in the frames and messages of WebSocket. */
export const websocketFrameMutants = [
  mutant('binary-closed-with-1002', ['ws.binary'], closesWith(1002, 1003)),
  mutant('not-json-closed-with-1008', ['ws.not-json', 'ws.not-utf8'], closesWith(1008, 1007)),
  mutant('no-id-closed-with-1007', ['ws.no-id'], closesWith(1007, 1008)),
  mutant('too-large-closed-with-1008', ['ws.message-limit', 'ws.message-limit/in-fragments'], closesWith(1008, 1009), {
    limits: { maxMessageBytes: 65_536 },
  }),
  mutant('wrong-frames-closed-with-1011', ['ws.protocol-error'], closesWith(1011, 1002)),
  mutant(
    'any-bytes-are-text',
    ['ws.not-utf8'],
    all(
      sockets(honest => ({ ...honest, skipUTF8Validation: true })),
      parts(honest => ({ parseJson: bytes => honest.parseJson(Buffer.from(Buffer.from(bytes).toString('utf8'))) })),
    ),
  ),
  mutant(
    'schema-violations-close',
    ['ws.same-as-http', 'message.schema'],
    insert('incoming', ({ reading }) => {
      if (!reading.isJson) return undefined
      try {
        parseMessage(reading.value)
        return undefined
      } catch {
        return 'notJson'
      }
    }),
  ),
  mutant(
    'errors-binary',
    ['ws.text/every-answer'],
    webSocket(honest => ({
      text: async (text, about) => {
        const written = await honest.text(text, about)
        return about.kind === 'error' ? Buffer.from(written) : written
      },
    })),
  ),
  mutant(
    'handshakes-answered-in-binary',
    ['ws.text'],
    webSocket(() => ({ text: (text, { kind }) => (kind === 'handshake' ? Buffer.from(text) : text) })),
  ),
  mutant(
    'oversize-read-to-its-end',
    ['ws.message-limit'],
    sockets(({ maxPayload = 0, ...honest }) => ({
      ...honest,
      maxPayload: 2 * maxPayload,
      WebSocket: class extends WebSocket {
        override emit(event: string | symbol, ...values: unknown[]): boolean {
          if (event !== 'message' || (values[0] as Buffer).length <= maxPayload) return super.emit(event, ...values)
          this.close(1009)
          return true
        }
      },
    })),
  ),
  mutant(
    'oversize-counted-by-frame',
    ['ws.message-limit/in-fragments'],
    all(
      sockets(honest => ({ ...honest, maxPayload: 1_000_000 })),
      takes(head => (head.length > 65_536 ? { ...head, length: 1_000_001 } : head)),
    ),
    { limits: { maxMessageBytes: 65_536 } },
  ),
  mutant(
    'text-limit-excluded',
    ['conventions.limit-inclusive/text'],
    sockets(honest => ({ ...honest, maxPayload: (honest.maxPayload ?? 0) - 1 })),
    { limits: { maxMessageBytes: 65_536 } },
  ),
  mutant(
    'sixteen-fragments-at-most',
    ['ws.fragments'],
    sockets(honest => ({ ...honest, maxFragments: 16 })),
  ),
  mutant(
    'unmasked-taken',
    ['ws.protocol-error'],
    takes(head => (head.mask.length === 0 ? { ...head, mask: noMask } : head)),
  ),
  mutant(
    'reserved-bits-taken',
    ['ws.protocol-error'],
    takes(head => ({ ...head, reserved: 0 })),
  ),
  mutant(
    'reserved-opcode-is-text',
    ['ws.protocol-error'],
    takes(head => (head.opcode === 3 ? { ...head, opcode: TEXT } : head)),
  ),
  mutant(
    'reserved-control-dropped',
    ['ws.protocol-error'],
    takes(head => (head.opcode > 10 ? undefined : head)),
  ),
  mutant(
    'long-control-dropped',
    ['ws.protocol-error'],
    takes(head => (isControl(head) && head.length > 125 ? undefined : head)),
  ),
  mutant(
    'fragmented-control-taken',
    ['ws.protocol-error'],
    takes(head => (isControl(head) ? { ...head, fin: true } : head)),
  ),
  mutant(
    'continuation-of-nothing-is-text',
    ['ws.protocol-error'],
    takes((head, isOpen) => (head.opcode === continuation && !isOpen ? { ...head, opcode: TEXT } : head)),
  ),
  mutant(
    'text-inside-a-message-dropped',
    ['ws.protocol-error'],
    takes((head, isOpen) => (head.opcode === TEXT && isOpen ? undefined : head)),
  ),
  mutant(
    'pings-unanswered',
    ['ws.ping'],
    sockets(honest => ({ ...honest, autoPong: false })),
  ),
  mutant(
    'pongs-empty',
    ['ws.ping'],
    socketClass(
      class extends WebSocket {
        override pong(): void {
          super.pong('')
        }
      },
    ),
  ),
  mutant(
    'pings-inside-messages-dropped',
    ['ws.ping'],
    takes((head, isOpen) => (isControl(head) && isOpen ? undefined : head)),
  ),
  mutant(
    'closes-unanswered',
    ['ws.close'],
    socketClass(
      class extends WebSocket {
        // An answer repeats the reason, or has no code.
        override close(code?: number, reason?: string | Buffer): void {
          if (code === undefined || reason !== undefined) this.terminate()
          else super.close(code)
        }
      },
    ),
  ),
]
