import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { AgentCard } from '../../../schemas/index.js'
import { encodeBase64, parseBase64url } from '../../probe/bytes/base64.js'
import { parseJsonObject } from '../../probe/bytes/json.js'
import { encodeUtf8, parseUtf8 } from '../../probe/bytes/utf8.js'
import { createResolver } from '../../probe/identity/resolver.js'
import { readHandshakeAnswer, readSessionAnswer, type Answer } from '../../probe/initiator/answer.js'
import { draftHandshake, sentBy, signHandshake } from '../../probe/initiator/handshake-draft.js'
import { sealDraft, type ProbeSession } from '../../probe/initiator/session-draft.js'
import { closePayload, encodeFrame, FrameReader, opcodes, type Frame, type ReadFrame } from '../../probe/net/frames.js'
import { openResponseRecord, parseSessionResponse } from '../../probe/wire/session-message.js'
import { encodeBody } from '../../probe/wire/body.js'
import { createIdentity } from '../../runner/kit.js'
import type { Client, ClientTask, Outcome } from '../client.js'

/** What an initiator over WebSocket does otherwise than it should; without any of it, it is honest. */
export interface Habits {
  /** Goes over HTTP whatever it is told. */
  readonly overHttp?: true
  /** Headers of the upgrade beside the necessary ones; the subprotocol is one of them. */
  readonly headers?: readonly string[]
  /** Sends on a connection whatever subprotocol was selected. */
  readonly anySubprotocol?: true
  /** Goes over HTTP where it cannot connect. */
  readonly fallsBack?: true
  /** The frames of a message. */
  readonly frames?: (honest: Frame) => readonly Frame[]
  /** Takes the first message for the answer. */
  readonly takesAnyMessage?: true
  /** Gives up at a message that it did not ask for. */
  readonly refusesStrays?: true
  /** Lets this pass: frames and messages that call for these close codes. */
  readonly lenient?: readonly number[]
  /** What it closes a connection with in place of the right code; `nothing` to hang up. */
  readonly closesWith?: number | 'nothing'
  /** Content of its pongs; `nothing` for none at all. */
  readonly pong?: 'nothing' | Uint8Array
  /** Sends a request again that was not answered: sealed anew over HTTP or another connection, or byte for byte. */
  readonly resends?: 'http' | 'ws' | 'same bytes'
}

interface Context {
  readonly task: ClientTask
  readonly habits: Habits
  readonly card: AgentCard
}

type Ask = (envelope: object, id: string) => Promise<Uint8Array | undefined>

class Closing extends Error {
  constructor(readonly code: number) {
    super(`closing with ${code}`)
  }
}

const HONEST_HEADERS = ['Sec-WebSocket-Protocol: sage.v1']
const known: readonly number[] = Object.values(opcodes)

/** One WebSocket connection, as far as a test needs it. */
class Connection {
  readonly #reader = new FrameReader()
  readonly #messages: Uint8Array[] = []
  #parts: ReadFrame[] = []
  #wake: () => void = () => undefined
  #isOver = false

  constructor(
    readonly socket: Socket,
    readonly context: Context,
    early: Uint8Array,
  ) {
    const over = (): void => {
      this.#isOver = true
      this.#wake()
    }
    socket.on('data', bytes => this.#read(bytes))
    socket.on('end', over).on('close', over)
    if (early.length > 0) this.#read(early)
  }

  write(frame: Frame): void {
    const mask = 'mask' in frame ? frame.mask : Uint8Array.from(randomBytes(4))
    if (this.socket.writable) this.socket.write(encodeFrame({ ...frame, mask }))
  }

  #forbids(code: number, isSo: boolean): void {
    if (isSo && !this.context.habits.lenient?.includes(code)) throw new Closing(code)
  }

  #read(bytes: Uint8Array): void {
    try {
      for (const frame of this.#reader.push(bytes)) this.#take(frame)
      if (this.#announces(bytes)) this.#forbids(1009, true)
    } catch (cause) {
      const { closesWith } = this.context.habits
      if (!(cause instanceof Closing)) throw cause
      if (closesWith === 'nothing') return void this.socket.destroy()
      this.write({ opcode: opcodes.close, payload: closePayload(closesWith ?? cause.code) })
      this.socket.end()
    }
  }

  /** Looks at the header alone of a frame that came with its beginning in one piece, which is enough for a test. */
  #announces(bytes: Uint8Array): boolean {
    const limit = this.context.card.limits.maxMessageBytes
    return (bytes[1] ?? 0) === 127 && Number(Buffer.from(bytes).readBigUInt64BE(2)) > limit
  }

  #take(frame: ReadFrame): void {
    const { fin, reserved, opcode, masked, payload } = frame
    this.#forbids(1002, reserved !== 0 || masked || !known.includes(opcode))
    const isControl = opcode >= opcodes.close
    this.#forbids(1002, isControl && (!fin || payload.length > 125))
    if (opcode === opcodes.close) {
      this.write({ opcode, payload: payload.subarray(0, 2) })
      return void this.socket.end()
    }
    const { pong = payload } = this.context.habits
    if (opcode === opcodes.ping && pong !== 'nothing') this.write({ opcode: opcodes.pong, payload: pong })
    if (isControl || !known.includes(opcode)) return
    const isFirst = this.#parts.length === 0
    this.#forbids(1002, isFirst === (opcode === opcodes.continuation))
    if (isFirst === (opcode === opcodes.continuation)) this.#parts = []
    if (opcode === opcodes.continuation && isFirst) return
    this.#forbids(1003, opcode === opcodes.binary)
    this.#parts.push(frame)
    const bytes = this.#parts.reduce((sum, part) => sum + part.payload.length, 0)
    this.#forbids(1009, bytes > this.context.card.limits.maxMessageBytes)
    if (!fin) return
    const text = Buffer.concat(this.#parts.map(part => part.payload))
    this.#parts = []
    this.#forbids(1007, !isUtf8(text))
    this.#messages.push(text)
    this.#wake()
  }

  /** Sends a message and gives its answer, or nothing where the connection ends before there is one. */
  async ask(envelope: object, id: string): Promise<Uint8Array | undefined> {
    const honest = { opcode: opcodes.text, payload: encodeBody(envelope) }
    for (const frame of this.context.habits.frames?.(honest) ?? [honest]) this.write(frame)
    for (;;) {
      const message = this.#messages.shift()
      if (message && (this.context.habits.takesAnyMessage || answers(message, id))) return message
      if (message && this.context.habits.refusesStrays) return undefined
      if (message) continue
      if (this.#isOver) return undefined
      await new Promise<void>(resolve => (this.#wake = resolve))
    }
  }
}

const isUtf8 = (text: Uint8Array): boolean => {
  try {
    return parseUtf8(text) !== undefined
  } catch {
    return false
  }
}

const answers = (message: Uint8Array, id: string): boolean => {
  try {
    return parseJsonObject(message)['message_id'] === id
  } catch {
    return false
  }
}

const open = async (context: Context): Promise<Connection | undefined> => {
  const { card, habits } = context
  const { hostname, port, host, pathname } = new URL(card.endpoints.ws ?? 'missing:')
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  const head = [
    `GET ${pathname} HTTP/1.1`,
    `Host: ${host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${encodeBase64(Uint8Array.from(randomBytes(16)))}`,
    ...(habits.headers ?? HONEST_HEADERS),
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  let answer = Buffer.alloc(0)
  while (!answer.includes('\r\n\r\n')) {
    const [bytes] = (await Promise.race([once(socket, 'data'), once(socket, 'close')])) as [unknown]
    if (!Buffer.isBuffer(bytes)) return undefined
    answer = Buffer.concat([answer, bytes])
  }
  const end = answer.indexOf('\r\n\r\n') + 4
  const text = answer.subarray(0, end).toString('latin1')
  const isSelected = /\r\nSec-WebSocket-Protocol: sage\.v1\r\n/i.test(text)
  if (text.startsWith('HTTP/1.1 101 ') && (isSelected || habits.anySubprotocol))
    return new Connection(socket, context, answer.subarray(end))
  socket.destroy()
  return undefined
}

const post =
  ({ card }: Context): Ask =>
  async envelope => {
    const headers = { 'Content-Type': 'application/json' }
    const answer = await fetch(`${card.endpoints.http}/messages`, {
      method: 'POST',
      headers,
      body: JSON.stringify(envelope),
    })
    return answer.status === 200 ? new Uint8Array(await answer.arrayBuffer()) : undefined
  }

const read = (
  body: Uint8Array | undefined,
  judge: (outcome: { kind: 'message'; body: Uint8Array }) => Answer,
): Answer => (body ? judge({ kind: 'message', body }) : { kind: 'reset', why: 'no answer' })

const shakeHands = async ({ card, task }: Context, ask: Ask): Promise<ProbeSession> => {
  const entropy = (length: number): Uint8Array => Uint8Array.from(randomBytes(length))
  const identity = createIdentity(entropy(32))
  const now = BigInt(Date.now()) * 1_000_000n
  const target = { did: task.expectedDid, kemKey: parseBase64url(card.keys.kem.x) }
  const draft = draftHandshake(target as Parameters<typeof draftHandshake>[0], identity, entropy, now)
  const body = await ask(signHandshake(draft), draft.id)
  const resolve = createResolver()
  const reader = { sent: sentBy(draft), identity, now, resolve, maxSessionRecords: 1000n }
  const answer = read(body, outcome => readHandshakeAnswer(outcome, reader))
  if (answer.kind !== 'session') throw new Error(`no session: ${answer.kind}`)
  return answer.session
}

const act = async (context: Context): Promise<Uint8Array> => {
  const { habits, task } = context
  const connection = habits.overHttp || task.transport === 'http' ? undefined : await open(context)
  const overHttp = habits.overHttp || task.transport === 'http' || (habits.fallsBack && !connection)
  try {
    if (!connection && !overHttp) throw new Error('no connection')
    const ask: Ask = connection ? (envelope, id) => connection.ask(envelope, id) : post(context)
    const session = await shakeHands(context, ask)
    const entropy = (length: number): Uint8Array => Uint8Array.from(randomBytes(length))
    const send = async (over: Ask): Promise<Answer> => {
      const draft = session.draft(entropy, { task_id: task.task, plaintext: encodeUtf8(task.payload) })
      const { envelope, record } = sealDraft(draft)
      let body = await over(envelope, draft.id)
      if (!body && habits.resends === 'same bytes') body = await post(context)(envelope, draft.id)
      if (body && habits.takesAnyMessage) {
        const open = session.receiver.open.bind(session.receiver)
        return { kind: 'success', ...openResponseRecord(parseSessionResponse(body), record, open) }
      }
      return read(body, outcome => readSessionAnswer(outcome, { session, draft, record }))
    }
    let answer = await send(ask)
    if (answer.kind === 'reset' && habits.resends === 'http') answer = await send(post(context))
    if (answer.kind === 'reset' && habits.resends === 'ws') {
      const again = await open(context)
      answer = await send((envelope, id) => again?.ask(envelope, id) ?? Promise.resolve(undefined))
      again?.socket.destroy()
    }
    if (answer.kind !== 'success') throw new Error(`no answer: ${answer.kind}`)
    connection?.write({ opcode: opcodes.close, payload: closePayload(1000) })
    return answer.plaintext
  } finally {
    connection?.socket.end()
  }
}

/** An initiator on bare sockets, in this process. It reads the card, and believes it. */
export const rawInitiator =
  (habits: Habits = {}): Client =>
  async (task): Promise<Outcome> => {
    try {
      const card = (await (await fetch(`${task.url}/.well-known/sage.json`)).json()) as AgentCard
      const answer = await act({ task, habits, card })
      return { kind: 'exit', status: 0, stdout: answer, stderr: '' }
    } catch (error) {
      return { kind: 'exit', status: 1, stdout: new Uint8Array(0), stderr: String(error) }
    }
  }
