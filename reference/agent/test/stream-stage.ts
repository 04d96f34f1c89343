import { once } from 'node:events'
import { gunzipSync } from 'node:zlib'
import { WebSocket } from 'ws'
import {
  ECHO_TASK,
  SUBPROTOCOL,
  type SessionMessage,
  type SessionResponse,
  type Stream,
} from '../../../schemas/index.js'
import { parseBase64 } from '../../bytes/base64.js'
import { honestParts as parts } from '../../parts.js'
import { openRecord } from '../../session/record.js'
import type { ServeOptions } from '../agent.js'
import { createIdentity } from '../identity.js'
import { honestSeams } from '../honest-seams.js'
import { createResponder } from '../responder.js'
import type { ResponderSeams } from '../responder-state.js'
import { StepInitiator, type StepSession } from './stage.js'

/** What came on a connection. */
export interface Heard {
  readonly message_id: string
  /** Such as `0 "a"`, `1 "b" gzip end`, `2 stream_violation end`, `credit 33`, or the code of a plain error. */
  readonly said: string
}

/** A connection on which a test says what it likes, and hears all that comes. */
export class StreamLine {
  private readonly heard: Heard[] = []
  private readonly sent = new Map<string, { readonly record: Uint8Array; readonly key: Uint8Array }>()
  private wake = (): void => undefined
  readonly closed: Promise<number>

  private constructor(
    readonly socket: WebSocket,
    readonly session: StepSession,
  ) {
    this.closed = once(socket, 'close').then(([code]) => code as number)
    socket.on('error', () => undefined).on('message', (bytes: Buffer) => this.hear(bytes.toString()))
  }

  static async open(url: string, session: StepSession): Promise<StreamLine> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, SUBPROTOCOL)
    const line = new StreamLine(socket, session)
    await once(socket, 'open')
    return line
  }

  /** Seals and sends; gives the message. */
  say(stream: Stream, plaintext: Uint8Array | string = '', change: Partial<SessionMessage> = {}): SessionMessage {
    const message = this.session.seal(change.task_id ?? ECHO_TASK, plaintext, { stream, ...change })
    this.put(message)
    return message
  }

  /** Sends a message as it is. */
  put(message: SessionMessage, { keys }: StepSession = this.session): void {
    this.sent.set(message.id, { record: parseBase64(message.payload), key: keys.s2cEnc })
    this.socket.send(JSON.stringify(message))
  }

  /** The next thing that comes and is no credit, save where credits are asked for. */
  async next(isWanted: (heard: Heard) => boolean = ({ said }) => !said.startsWith('credit')): Promise<Heard> {
    for (;;) {
      const at = this.heard.findIndex(isWanted)
      const found = this.heard[at]
      if (found !== undefined) {
        this.heard.splice(at, 1)
        return found
      }
      await new Promise<void>(resolve => (this.wake = resolve))
    }
  }

  /** What comes next, as text. */
  async hears(): Promise<string> {
    return (await this.next()).said
  }

  /** The credit that comes next. */
  async credit(): Promise<number> {
    return Number((await this.next(({ said }) => said.startsWith('credit'))).said.slice(7))
  }

  /** Everything that has come when a ping of the session has been answered, credits left out. */
  async flush(): Promise<string[]> {
    const { id } = this.session.seal('sage/ping@v1')
    this.put(this.session.seal('sage/ping@v1', 'pong', { id }))
    await new Promise<void>(resolve => {
      const look = (): void => {
        if (this.heard.some(({ message_id }) => message_id === id)) resolve()
        else this.wake = look
      }
      look()
    })
    return this.heard
      .splice(0)
      .filter(({ message_id, said }) => message_id !== id && !said.startsWith('credit'))
      .map(({ said }) => said)
  }

  async close(): Promise<void> {
    this.socket.close()
    await this.closed
  }

  private hear(text: string): void {
    const { data, ...envelope } = JSON.parse(text) as SessionResponse
    const { message_id } = envelope
    if (data === undefined) this.heard.push({ message_id, said: (envelope as { error?: string }).error ?? '' })
    else this.heard.push({ message_id, said: this.read(envelope, data) })
    this.wake()
  }

  private read({ ...envelope }: Omit<SessionResponse, 'data'>, data: string): string {
    const sent = this.sent.get(envelope.message_id)
    if (sent === undefined) return 'an answer to nothing'
    const { record, key } = sent
    const callerAad = parts.responseAad(envelope as never, parts.requestHash(record, parts), parts)
    const { plaintext } = openRecord({ key, callerAad, record: parseBase64(data) })
    const { stream, encoding } = envelope
    const content = encoding === 'gzip' ? gunzipSync(plaintext) : Buffer.from(plaintext)
    const text =
      (envelope as { error?: string }).error ?? [JSON.stringify(content.toString()), encoding].join(' ').trim()
    if (stream === undefined) return text
    if ('seq' in stream) return `${stream.seq} ${text}${stream.end ? ' end' : ''}`
    return 'credit' in stream ? `credit ${stream.credit}` : 'cancel'
  }
}

/** A responder with streams, an initiator with a session, and a connection between them. */
export const stage = async (options: Partial<ServeOptions> = {}, seams: ResponderSeams = honestSeams) => {
  const identity = createIdentity()
  const capabilities = { ws: true, stream: true, ...options.capabilities }
  const agent = await createResponder({ drainMs: 100, ...options, identity, capabilities }, seams)
  const initiator = new StepInitiator(agent, identity.kemPublicKey)
  const session = await initiator.shakeHands()
  const line = await StreamLine.open(agent.url, session)
  return {
    agent,
    initiator,
    session,
    line,
    async [Symbol.asyncDispose]() {
      await line.close()
      await agent.close()
    },
  }
}
