import { parseJsonObject } from '../bytes/json.js'
import { NotFrames, opcodes, type ReadFrame } from './frames.js'
import { limitTime } from './limit-time.js'

/** Why a connection is over that was ended in order, but without a close frame. */
export const ENDED = 'the connection ended'

/** What is waited for on a connection. The end of the connection ends every wait. */
export type Until =
  /** The answer to the message with this id; where it has none that can be read, whatever answers no other message. */
  | { readonly kind: 'answer'; readonly id?: string | undefined }
  /** A ping, be it one that came before it was waited for. */
  | { readonly kind: 'ping' }
  /** A pong with this content, in hex. */
  | { readonly kind: 'pong'; readonly payload: string }
  /** Nothing: it tells whether a message has come that answered nothing. */
  | { readonly kind: 'stray' }
  /** The end of the TCP connection. */
  | { readonly kind: 'end' }
  /**
   * Nothing: it is enough that it was sent. What answers the message `id` is kept from now on, together with all that
   * belongs to `stream`, which is the id of the message that opened one.
   */
  | { readonly kind: 'sent'; readonly id?: string; readonly stream?: string }
  /** The next message that belongs to the stream opened by the message with this id, in the order of arrival. */
  | { readonly kind: 'next'; readonly id: string }
  /** The same, if it is there already. */
  | { readonly kind: 'queued'; readonly id: string }
  /** Nothing is read meanwhile, until nothing more is taken. */
  | { readonly kind: 'stalled' }

/** What came. */
export type Arrived =
  /** A message; `flaw` says what is wrong with its frames. */
  | { readonly kind: 'message'; readonly body: Uint8Array; readonly flaw?: string | undefined }
  | { readonly kind: 'ping' }
  | { readonly kind: 'pong'; readonly payload: string }
  /** A close frame; 1005 where it says no code. */
  | { readonly kind: 'closed'; readonly code: number }
  /** The connection ended, after a close frame with this code or without any. */
  | { readonly kind: 'ended'; readonly code?: number | undefined }
  | { readonly kind: 'sent' }
  /** What was asked for is not there. */
  | { readonly kind: 'nothing' }
  /** So many bytes were taken while nothing was read, and so many came as soon as it was read again. */
  | { readonly kind: 'stalled' | 'taken'; readonly bytes: number; readonly answered: number }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'reset'; readonly reason: string }

/** Bytes of one message that the suite reads at most, and frames. */
const MAX_MESSAGE = 64 * 1024 * 1024
const MAX_FRAMES = 2 ** 16
/** Messages and bytes of streams that the suite keeps for who has not asked for them yet. */
const MAX_KEPT = 4096
const MAX_KEPT_BYTES = 64 * 1024 * 1024
/** Pings, pongs and messages that nobody waits for: who sends more of them says nothing else. */
const MAX_UNASKED = 4096

type Message = Extract<Arrived, { kind: 'message' }>

interface Waiter {
  readonly until: Until
  readonly give: (arrived: Arrived) => void
}

/** The `message_id` of a message; undefined where it has none that can be read. */
const answeredId = (body: Uint8Array): string | undefined => {
  try {
    const id = parseJsonObject(body)['message_id']
    return typeof id === 'string' ? id : undefined
  } catch {
    return undefined
  }
}

/** Puts together what arrives on a connection, and gives each message to who waits for it. */
export class Inbox {
  #waiters: Waiter[] = []
  #pieces: Uint8Array[] = []
  #bytes = 0
  #flaw: string | undefined
  #begun = false
  readonly #asked = new Set<string>()
  /** The stream to which what answers a message belongs. */
  readonly #streams = new Map<string, string>()
  /** Messages of streams that nobody has asked for yet. */
  #kept: { readonly stream: string; readonly message: Message }[] = []
  #keptBytes = 0
  #code: number | undefined
  #unasked = 0
  /** Pings that nobody has waited for yet. */
  #pings = 0
  /** A message came that answered nothing. */
  #stray: Arrived | undefined
  /** How the connection is over, if it is. */
  over: Arrived | undefined

  /** Waits for something; `moved` counts the bytes that have been on their way since. */
  wait(until: Until, timeoutMs: number, moved: () => number = () => 0): Promise<Arrived> {
    if (until.kind === 'answer' && until.id !== undefined) this.#asked.add(until.id)
    if (until.kind === 'sent' && until.id !== undefined) this.#streams.set(until.id, until.stream ?? until.id)
    const kept = until.kind === 'next' || until.kind === 'queued' ? this.#takeKept(until.id) : undefined
    if (kept) return Promise.resolve(kept)
    if (this.over) return Promise.resolve(until.kind === 'end' ? { kind: 'ended', code: this.#code } : this.over)
    if (until.kind === 'ping' && this.#pings > 0) {
      this.#pings -= 1
      return Promise.resolve({ kind: 'ping' })
    }
    if (until.kind === 'stray') return Promise.resolve(this.#stray ?? { kind: 'sent' })
    if (until.kind === 'sent') return Promise.resolve({ kind: 'sent' })
    if (this.#code !== undefined && until.kind !== 'end') return Promise.resolve({ kind: 'closed', code: this.#code })
    if (until.kind === 'queued') return Promise.resolve({ kind: 'nothing' })
    return new Promise(resolve => {
      const waiter: Waiter = {
        until,
        give: arrived => {
          stopWaiting()
          this.#waiters = this.#waiters.filter(each => each !== waiter)
          resolve(arrived)
        },
      }
      const stopWaiting = limitTime(timeoutMs, moved, () => waiter.give({ kind: 'timeout' }))
      this.#waiters.push(waiter)
    })
  }

  /**
   * A frame of a message arrived.
   * @throws NotFrames
   */
  frame({ opcode, fin, masked, reserved, payload }: ReadFrame): void {
    this.#flaw ??= this.#flawOf(opcode, masked, reserved)
    this.#begun = !fin
    this.#pieces.push(payload)
    this.#bytes += payload.length
    if (this.#bytes > MAX_MESSAGE || this.#pieces.length > MAX_FRAMES)
      throw new NotFrames('a message beyond what the suite reads')
    if (!fin) return
    this.#bytes = 0
    const body = Buffer.concat(this.#pieces)
    const flaw = this.#flaw
    this.#pieces = []
    this.#flaw = undefined
    this.#message({ kind: 'message', body, flaw })
  }

  /**
   * A control frame arrived that somebody may wait for.
   * @throws NotFrames
   */
  put(arrived: Extract<Arrived, { kind: 'ping' | 'pong' }>): void {
    const waiter = this.#waiters.find(
      ({ until }) =>
        until.kind === arrived.kind &&
        (until.kind !== 'pong' || arrived.kind !== 'pong' || until.payload === arrived.payload),
    )
    if (waiter) return waiter.give(arrived)
    this.#countUnasked()
    if (arrived.kind === 'ping') this.#pings += 1
  }

  /** A close frame arrived. */
  close(code: number): void {
    this.#code ??= code
    for (const { until, give } of [...this.#waiters]) if (until.kind !== 'end') give({ kind: 'closed', code })
  }

  /** The connection is over. */
  end(reason: string): void {
    if (this.over) return
    this.over = this.#code === undefined ? { kind: 'reset', reason } : { kind: 'closed', code: this.#code }
    for (const { until, give } of [...this.#waiters])
      give(until.kind === 'end' ? { kind: 'ended', code: this.#code } : this.over)
  }

  #flawOf(opcode: number, masked: boolean, reserved: number): string | undefined {
    if (masked) return 'a masked frame'
    if (reserved !== 0) return 'a frame with reserved bits'
    if (opcode === opcodes.binary) return 'a binary message'
    if (opcode !== opcodes.text && opcode !== opcodes.continuation) return `a frame of opcode ${opcode}`
    if ((opcode === opcodes.continuation) !== this.#begun) return 'a frame that does not go on with what was begun'
    return undefined
  }

  #message(arrived: Message): void {
    const id = answeredId(arrived.body)
    const stream = id === undefined ? undefined : this.#streams.get(id)
    const answers = this.#waiters.filter(({ until }) => until.kind === 'answer' || until.kind === 'next')
    const named = answers.find(({ until }) =>
      until.kind === 'next'
        ? until.id === stream
        : until.kind === 'answer' && until.id !== undefined && until.id === id,
    )
    if (named) return named.give(arrived)
    if (stream !== undefined) return this.#keep(stream, arrived)
    // A second answer to what has been answered, or one that comes too late, is nobody's.
    if (id !== undefined && this.#asked.has(id)) {
      this.#countUnasked()
      this.#stray ??= arrived
      return
    }
    const nameless = answers.find(({ until }) => until.kind === 'answer' && until.id === undefined)
    // Where only one message waits, a wrong name is a wrong answer and not a missing one.
    const only = answers.length === 1 ? answers[0] : undefined
    const taker = nameless ?? only
    if (taker) return taker.give(arrived)
    this.#countUnasked()
    this.#stray ??= arrived
  }

  // What arrives makes every wait longer: a flood must not make it endless.
  #countUnasked(): void {
    this.#unasked += 1
    if (this.#unasked > MAX_UNASKED) throw new NotFrames('more that nobody asked for than the suite reads')
  }

  #keep(stream: string, message: Message): void {
    this.#keptBytes += message.body.length
    if (this.#kept.length === MAX_KEPT || this.#keptBytes > MAX_KEPT_BYTES)
      throw new NotFrames('more of a stream than the suite keeps')
    this.#kept.push({ stream, message })
  }

  #takeKept(stream: string): Message | undefined {
    const found = this.#kept.find(each => each.stream === stream)
    if (!found) return undefined
    this.#kept = this.#kept.filter(each => each !== found)
    this.#keptBytes -= found.message.body.length
    return found.message
  }
}
