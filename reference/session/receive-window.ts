import { WINDOW_RECORDS } from '../../schemas/index.js'
import { Column, uint32s, uint64s } from './column.js'

/** What a session remembers of the sequence numbers that it has accepted in one direction. */
export interface Window {
  /** May a record with this number still be accepted? Changes nothing: the tag is checked next. */
  check(seq: bigint): boolean
  /** Looks again and marks the number, in one step. False, and nothing marked, when it may no longer be accepted. */
  accept(seq: bigint): boolean
}

/** The windows of many sessions, each under the number of its row. A row of which nothing was said has accepted nothing. */
export interface Windows {
  /** {@link Window.check} of the window of `row` */
  check(row: number, seq: bigint): boolean
  /** {@link Window.accept} of the window of `row` */
  accept(row: number, seq: bigint): boolean
  /** H, the highest number accepted in `row`; -1 where there is none. */
  highest(row: number): bigint
  /** Forgets what `row` has accepted. */
  clear(row: number): void
}

/** One of many windows. */
export const windowOf = (windows: Windows, row = 0): Window => ({
  check: seq => windows.check(row, seq),
  accept: seq => windows.accept(row, seq),
})

const WIDTH = BigInt(WINDOW_RECORDS)
const SLOTS = WINDOW_RECORDS - 1
const WORDS = WINDOW_RECORDS / 32

/**
 * The receive windows of session.md, 136 bytes each: a bitmap of the 1024 numbers up to the highest accepted one, H, and H.
 * They refuse numbers at or over the limit (record.seq-limit), H − 1024 and below (record.window), and accepted ones
 * (record.replay). Numbers are bigint throughout (record.integer-64).
 */
export class ReceiveWindows implements Windows {
  /** A bit for each number above H − 1024, at the number modulo 1024. */
  private readonly accepted: Column<Uint32Array>
  /** H; where not even the bit of this number is set, nothing has been accepted. */
  private readonly highests: Column<BigUint64Array>

  /** @param maxRecords `maxSessionRecords`, the first number that is refused */
  constructor(
    private readonly maxRecords: bigint,
    chunkBits?: number,
  ) {
    this.accepted = new Column(uint32s, WORDS, chunkBits)
    this.highests = new Column(uint64s, 1, chunkBits)
  }

  check(row: number, seq: bigint): boolean {
    if (seq < 0n || seq >= this.maxRecords) return false
    const highest = this.highest(row)
    return seq > highest || (seq > highest - WIDTH && !this.isMarked(row, Number(seq % WIDTH)))
  }

  accept(row: number, seq: bigint): boolean {
    if (!this.check(row, seq)) return false
    if (seq > this.highest(row)) this.moveTo(row, seq)
    const slot = Number(seq % WIDTH)
    this.accepted.of(row)[this.accepted.at(row) + (slot >>> 5)]! |= 1 << (slot & 31)
    return true
  }

  highest(row: number): bigint {
    const highest = this.highests.of(row)[this.highests.at(row)]!
    return highest > 0n || this.isMarked(row, 0) ? highest : -1n
  }

  clear(row: number): void {
    this.forget(row)
    this.highests.of(row)[this.highests.at(row)] = 0n
  }

  /** The slots of the numbers that come into view still say what they said one width ago. */
  private moveTo(row: number, seq: bigint): void {
    const highest = this.highest(row)
    const entering = seq - highest
    if (entering >= WIDTH) this.forget(row)
    else {
      const words = this.accepted.of(row)
      const at = this.accepted.at(row)
      const first = Number((highest + 1n) % WIDTH)
      for (let slot = first; slot < first + Number(entering); slot++)
        words[at + ((slot & SLOTS) >>> 5)]! &= ~(1 << (slot & 31))
    }
    this.highests.of(row)[this.highests.at(row)] = seq
  }

  private isMarked(row: number, slot: number): boolean {
    return ((this.accepted.of(row)[this.accepted.at(row) + (slot >>> 5)]! >>> (slot & 31)) & 1) === 1
  }

  private forget(row: number): void {
    const at = this.accepted.at(row)
    this.accepted.of(row).fill(0, at, at + WORDS)
  }
}
