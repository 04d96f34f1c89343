import type { Stream } from '../../schemas/index.js'

/** The part of a stream that a message carries. */
export type StreamChunk = Extract<Stream, { seq: number }>

/** Is this member a chunk, and not a control? */
export const isChunk = (member: Stream): member is StreamChunk => 'seq' in member

/** What a stream is opened with. */
export interface StreamOpening {
  /** `stream.id`. */
  readonly id: string
  /** `task_id` of the opening message. */
  readonly task: string
  /** `streamWindow`: chunks before the first credit, in each direction. */
  readonly window: number
}

/**
 * Where a live stream is, as one of its two sides sees it: the numbers that the rules of stream.md speak of. It only
 * counts; whether something may happen is for the guards to say.
 */
export class StreamState {
  readonly id: string
  readonly task: string
  readonly window: number
  /** Chunks that have arrived, which is the `seq` of the next one (stream.seq). */
  received = 0
  /** Has the peer sent its last chunk? */
  peerEnded = false
  /** Chunks that the peer may send in all. */
  given: number
  /** Chunks sent, which is the `seq` of the next one. */
  sent = 0
  /** Has this side sent its last chunk? */
  ended = false
  /** Chunks that this side may send in all (stream.credit-initial, stream.credit-respected). */
  credit: number

  constructor({ id, task, window }: StreamOpening) {
    this.id = id
    this.task = task
    this.window = this.given = this.credit = window
  }

  /** A chunk of the peer has been accepted. */
  receive({ seq, end }: StreamChunk): void {
    this.received = seq + 1
    this.peerEnded ||= end
  }

  /** A credit of the peer has been accepted. */
  raise(credit: number): void {
    this.credit = credit
  }

  /** The next chunk of this side. */
  send(end: boolean): StreamChunk {
    this.ended = end
    return { id: this.id, seq: this.sent++, end }
  }

  /** A credit of this side. */
  give(credit: number): Stream {
    this.given = credit
    return { id: this.id, credit }
  }
}
