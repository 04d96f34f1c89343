import type { Socket } from 'node:net'
import { encodeHex } from '../bytes/hex.js'
import { dial, headOf, type Exchanged, type Route, type WireRequest } from './exchange.js'
import {
  closeCodeOf,
  encodeFrame,
  FrameReader,
  NotFrames,
  opcodes,
  PLAIN_MASK,
  type Frame,
  type ReadFrame,
} from './frames.js'
import { ENDED, Inbox, type Arrived, type Until } from './inbox.js'
import { NotHttp, ResponseReader } from './response-reader.js'

/** What came of an upgrade: the answer to it, and the line where that was 101. */
export interface Opened {
  readonly exchanged: Exchanged
  readonly line?: Line
}

/** How a line behaves beside what it is told to send. */
export interface Manners {
  /** Answers no ping. */
  readonly deaf?: boolean
}

/** Milliseconds without a byte being taken after which whoever should read is said to have stopped, or to have no more to say. */
const STALL_MS = 600
/** Bytes of answers that show that somebody waited for a reader and was not just slow. */
const TELLING_BYTES = 256 * 1024
const PIECE_BYTES = 64 * 1024

/** Bytes that wait to be sent beyond which pings are left unanswered: whoever sends so many reads nothing. */
const MAX_UNSENT = 2 ** 20

/**
 * A WebSocket connection of an initiator, from the 101 on. It sends the frames that it is given, right or wrong, answers
 * pings and the closing handshake by itself, and gives what arrives to who waits for it. Never sends anything twice.
 */
export class Line {
  readonly #reader = new FrameReader()
  readonly #inbox = new Inbox()
  readonly #timeoutMs: number
  /** The suite has sent a close frame. */
  #closing = false

  private constructor(
    readonly socket: Socket,
    { timeoutMs, signal }: Route,
    readonly manners: Manners,
    early: Uint8Array,
  ) {
    this.#timeoutMs = timeoutMs
    const onAbort = (): void => {
      this.#end('aborted')
      socket.destroy()
    }
    signal?.addEventListener('abort', onAbort)
    socket.removeAllListeners()
    socket.on('data', bytes => this.#read(Buffer.from(bytes)))
    socket.on('end', () => this.#end(ENDED))
    socket.on('error', (cause: NodeJS.ErrnoException) => this.#end(cause.code ?? cause.message))
    socket.on('close', () => {
      signal?.removeEventListener('abort', onAbort)
      this.#end(ENDED)
    })
    if (early.length > 0) this.#read(early)
  }

  /** Asks for an upgrade over a connection of its own. Never throws. */
  static open(request: WireRequest, route: Route, manners: Manners = {}): Promise<Opened> {
    return new Promise(resolve => {
      const { socket, ready } = dial(route)
      const reader = new ResponseReader()
      let connected = false
      const finish = (exchanged: Exchanged): void => {
        clearTimeout(timer)
        route.signal?.removeEventListener('abort', onAbort)
        if (exchanged.kind === 'response' && exchanged.response.status === 101)
          return resolve({ exchanged, line: new Line(socket, route, manners, reader.rest) })
        socket.removeAllListeners().on('error', () => undefined)
        socket.destroy()
        resolve({ exchanged })
      }
      const fail = (cause: unknown): void => {
        if (!(cause instanceof NotHttp) && reader.endsWithConnection)
          return finish({ kind: 'response', response: reader.end() })
        const reason =
          cause instanceof NotHttp ? cause.message : ((cause as NodeJS.ErrnoException).code ?? String(cause))
        if (cause instanceof NotHttp) finish({ kind: reader.started ? 'not-http' : 'reset', reason })
        else finish({ kind: connected ? 'reset' : 'unreachable', reason })
      }
      const onAbort = (): void => finish({ kind: connected ? 'reset' : 'unreachable', reason: 'aborted' })
      const timer = setTimeout(() => finish({ kind: 'timeout' }), route.timeoutMs)
      if (route.signal?.aborted) return onAbort()
      route.signal?.addEventListener('abort', onAbort)
      const settle = (read: () => Exchanged | undefined): void => {
        try {
          const exchanged = read()
          if (exchanged) finish(exchanged)
        } catch (cause) {
          fail(cause)
        }
      }
      const whole = (response: ReturnType<ResponseReader['push']>): Exchanged | undefined =>
        response && { kind: 'response', response }
      socket.once(ready, () => {
        connected = true
        socket.write(headOf(request), 'latin1')
      })
      socket.on('data', bytes => settle(() => whole(reader.push(Buffer.from(bytes)))))
      socket.on('end', () => settle(() => whole(reader.end())))
      socket.on('error', fail)
      socket.on('close', () => fail(new NotHttp('the connection ended without a response')))
    })
  }

  /** Sends frames, and waits for what `until` says, for the end of the connection, or for too long. Never throws. */
  async converse(frames: readonly Frame[], until: Until): Promise<Arrived> {
    const bytes = Buffer.concat(frames.map(encodeFrame))
    this.#closing ||= frames.some(({ opcode }) => opcode === opcodes.close)
    if (until.kind === 'stalled') return this.#pour(bytes)
    const before = this.socket.bytesRead
    const moved = (): number => bytes.length + this.socket.bytesRead - before
    const arrived = this.#inbox.wait(until, this.#timeoutMs, moved)
    if (bytes.length > 0 && this.socket.writable) this.socket.write(bytes)
    return arrived
  }

  /** Ends the connection at once. */
  hangUp(): void {
    this.socket.destroy()
  }

  /** Writes without reading, until all is taken or nothing is taken any more. */
  async #pour(bytes: Uint8Array): Promise<Arrived> {
    this.socket.pause()
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      if (!this.socket.writable) break
      if (!this.socket.write(bytes.subarray(at, at + PIECE_BYTES)) && !(await this.#drained()))
        return { kind: 'stalled', bytes: at, answered: await this.#answered(TELLING_BYTES) }
    }
    const answered = await this.#answered(Infinity)
    return this.#inbox.over ?? { kind: 'taken', bytes: bytes.length, answered }
  }

  /** Reads again, and counts what arrives: until there is `enough`, or nothing comes any more. */
  async #answered(enough: number): Promise<number> {
    const before = this.socket.bytesRead
    const read = (): number => this.socket.bytesRead - before
    this.socket.resume()
    for (let last = -1; read() > last && read() < enough && !this.#inbox.over;) {
      last = read()
      await this.#reads(() => read() >= enough)
    }
    return read()
  }

  /** Reads until it is `enough`, for so long as nobody takes between two bytes. */
  #reads(enough: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const done = (): void => {
        clearTimeout(timer)
        this.socket.off('data', onData).off('close', done)
        resolve()
      }
      const onData = (): void => {
        if (enough()) done()
      }
      const timer = setTimeout(done, STALL_MS)
      this.socket.on('data', onData).once('close', done)
    })
  }

  /** Gives whether what was written is taken before long; a connection that ended takes it, too. */
  #drained(): Promise<boolean> {
    return new Promise(resolve => {
      const done = (taken: boolean) => (): void => {
        clearTimeout(timer)
        this.socket.off('drain', onDrain).off('close', onDrain)
        resolve(taken)
      }
      const onDrain = done(true)
      const timer = setTimeout(done(false), STALL_MS)
      this.socket.once('drain', onDrain).once('close', onDrain)
    })
  }

  #read(bytes: Uint8Array): void {
    try {
      for (const frame of this.#reader.push(bytes)) this.#take(frame)
    } catch (cause) {
      if (!(cause instanceof NotFrames)) throw cause
      this.#end(cause.message)
      this.socket.destroy()
    }
  }

  #take(frame: ReadFrame): void {
    const { opcode, payload } = frame
    if (opcode === opcodes.close) {
      this.#inbox.close(closeCodeOf(frame))
      if (!this.#closing) this.#reply(opcodes.close, payload.subarray(0, 2))
      this.#closing = true
      this.socket.end()
    } else if (opcode === opcodes.ping) {
      if (!this.manners.deaf && this.socket.writableLength < MAX_UNSENT) this.#reply(opcodes.pong, payload)
      this.#inbox.put({ kind: 'ping' })
    } else if (opcode === opcodes.pong) this.#inbox.put({ kind: 'pong', payload: encodeHex(payload) })
    else this.#inbox.frame(frame)
  }

  #reply(opcode: number, payload: Uint8Array): void {
    if (this.socket.writable) this.socket.write(encodeFrame({ opcode, mask: PLAIN_MASK, payload }))
  }

  #end(reason: string): void {
    this.#inbox.end(reason)
  }
}
