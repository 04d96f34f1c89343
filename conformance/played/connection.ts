import type { Socket } from 'node:net'
import { encodeFrame, opcodes, type Frame, type ReadFrame } from '../probe/net/frames.js'
import { Ear, type Heard } from './heard.js'
import { MAX_FLOOD } from './listener.js'
import type { SeenConnection } from './observation.js'
import { closeFrame, textFrame, type Reply } from './reply.js'

/** What a connection needs of the responder whose it is. */
export interface Hearing {
  readonly maxMessageBytes: number
  /** Milliseconds for a pong, and of silence after the fault. */
  readonly quietMs: number
  readonly answer: (text: Uint8Array, frames: readonly ReadFrame[]) => Promise<Reply>
  /** Something arrived that a responder refuses, by this rule. */
  readonly refused: (rule: string) => void
  /** So many bytes of an endless message were taken. */
  readonly flooded: (bytes: number) => void
  readonly isFaultPlayed: () => boolean
}

const GOING_AWAY = 1001
/** Milliseconds that the other side has to answer a close frame. */
const CLOSING_MS = 1000
const PIECE = 65_536

const isPing = ({ fin = true, reserved = 0, opcode, mask, payload }: Frame): boolean =>
  opcode === opcodes.ping && fin && reserved === 0 && mask === undefined && payload.length <= 125

/** The responder's end of a WebSocket connection that has been opened. */
export class PlayedConnection {
  /** Resolves when the connection is no more. */
  readonly ended: Promise<void>
  readonly #ear: Ear
  #saying: Promise<void> = Promise.resolve()
  #isClosing = false
  /** Messages that have no answer yet: it is not the initiator who is silent. */
  #unanswered = 0
  #timer: NodeJS.Timeout | undefined
  /** Called when a pong arrives, or the connection ends. */
  readonly #waiting = new Set<() => void>()

  constructor(
    readonly socket: Socket,
    readonly seen: SeenConnection,
    readonly hearing: Hearing,
  ) {
    this.#ear = new Ear(hearing.maxMessageBytes)
    this.ended = new Promise(resolve => socket.once('close', () => resolve()))
    void this.ended.then(() => {
      clearTimeout(this.#timer)
      this.#wake()
    })
    socket.on('data', bytes => this.#hear(bytes))
    socket.on('end', () => socket.end())
    this.#awaitWord()
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
  }

  /** From here on something is to arrive, where the fault has been played. */
  #awaitWord(): void {
    if (this.#isOver) return
    clearTimeout(this.#timer)
    if (this.#unanswered > 0 || !this.hearing.isFaultPlayed()) return
    this.#timer = setTimeout(() => {
      this.seen.wasLeft = true
      this.#write(closeFrame(GOING_AWAY))
    }, this.hearing.quietMs)
  }

  #hear(bytes: Uint8Array): void {
    for (const heard of this.#ear.hear(bytes)) this.#take(heard)
    this.#awaitWord()
  }

  #take(heard: Heard): void {
    switch (heard.kind) {
      case 'text':
        this.seen.messages += 1
        void this.#answer(heard.text, heard.frames)
        return
      case 'ping':
        return void this.#write({ opcode: opcodes.pong, payload: heard.payload })
      case 'pong':
        for (const ping of this.seen.pings) if (Buffer.from(ping.payload).equals(heard.payload)) ping.isAnswered = true
        return this.#wake()
      case 'close':
        this.seen.closedWith ??= heard.code
        if (heard.code === 1005) this.#write({ opcode: opcodes.close, payload: new Uint8Array(0) })
        else this.#write(closeFrame(heard.code))
        return void this.socket.end()
      case 'forbidden':
        this.seen.messages += 1
        this.hearing.refused(heard.rule)
        return void this.#write(closeFrame(heard.code))
    }
  }

  async #answer(text: Uint8Array, frames: readonly ReadFrame[]): Promise<void> {
    this.#unanswered += 1
    try {
      const reply = await this.hearing.answer(text, frames)
      const said = this.#saying.then(() => this.#say(reply))
      this.#saying = said
      await said
      this.#unanswered -= 1
      this.#awaitWord()
    } catch {
      this.socket.destroy()
    }
  }

  async #say(reply: Reply): Promise<void> {
    if (this.hearing.isFaultPlayed()) this.seen.metFault = true
    switch (reply.ending ?? 'whole') {
      case 'reset':
        return void this.socket.resetAndDestroy()
      case 'closed':
        return void this.socket.destroy()
      case 'truncated': {
        const bytes = encodeFrame(textFrame(reply.body))
        await new Promise<void>(resolve => this.socket.write(bytes.subarray(0, bytes.length >> 1), () => resolve()))
        return void this.socket.destroy()
      }
      case 'endless':
        return this.#flood(reply.body)
      case 'cut':
      case 'whole':
        for (const frame of reply.frames ?? [textFrame(reply.body)]) await this.#send(frame)
        if (reply.ending === 'cut') await new Promise<void>(resolve => this.socket.end(() => resolve()))
    }
  }

  /** Sends a frame, and after a ping waits a little for its pong. */
  async #send(frame: Frame): Promise<void> {
    const ping = isPing(frame) ? { payload: frame.payload, isAnswered: false } : undefined
    if (ping) this.seen.pings.push(ping)
    if (!this.#write(frame)) await this.#until(() => !this.socket.writableNeedDrain)
    if (ping) await this.#until(() => ping.isAnswered, this.hearing.quietMs)
  }

  /** Waits until something is so, the connection has ended, or so many milliseconds are over. */
  async #until(isSo: () => boolean, ms?: number): Promise<void> {
    await new Promise<void>(resolve => {
      const done = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        this.socket.off('drain', look)
        resolve()
      }
      const look = (): void => {
        if (isSo() || this.#isOver) done()
      }
      const timer = ms === undefined ? undefined : setTimeout(done, ms)
      this.#waiting.add(look)
      this.socket.on('drain', look)
      look()
    })
  }

  get #isOver(): boolean {
    return this.#isClosing || this.socket.destroyed || this.socket.writableEnded
  }

  /** Puts a frame on the wire, and nothing after a close frame. Gives whether the socket takes more. */
  #write(frame: Frame): boolean {
    if (this.#isOver) return true
    const takesMore = this.socket.write(encodeFrame(frame))
    if (frame.opcode === opcodes.close) {
      this.#isClosing = true
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.socket.destroy(), CLOSING_MS)
      this.#wake()
    }
    return takesMore
  }

  /** A message without an end, as fast as it is read. */
  async #flood(body: Uint8Array): Promise<void> {
    const payload = Buffer.concat(Array.from({ length: Math.ceil(PIECE / body.length) }, () => body))
    let bytes = 0
    while (bytes < MAX_FLOOD && !this.#isOver) {
      await this.#send({ fin: false, opcode: bytes === 0 ? opcodes.text : opcodes.continuation, payload })
      bytes += payload.length
    }
    this.hearing.flooded(bytes)
    if (!this.#isOver) this.socket.destroy()
  }
}
