import { WINDOW_RECORDS } from '../../schemas/index.js'

/** What a session remembers of the sequence numbers that it has accepted in one direction. */
export interface Window {
  /** May a record with this number still be accepted? Changes nothing: the tag is checked next. */
  check(seq: bigint): boolean
  /** Looks again and marks the number, in one step. False, and nothing marked, when it may no longer be accepted. */
  accept(seq: bigint): boolean
}

const WIDTH = BigInt(WINDOW_RECORDS)

/**
 * The receive window of session.md: a bitmap of the 1024 numbers up to the highest accepted one, H. It refuses numbers
 * at or over the limit (record.seq-limit), H − 1024 and below (record.window), and accepted ones (record.replay).
 * Numbers are bigint throughout (record.integer-64).
 */
export class ReceiveWindow implements Window {
  private highest = -1n
  /** One flag for each number above H − 1024, at the number modulo 1024. */
  private readonly accepted = new Uint8Array(WINDOW_RECORDS)

  /** @param maxRecords `maxSessionRecords`, the first number that is refused */
  constructor(private readonly maxRecords: bigint) {}

  check(seq: bigint): boolean {
    if (seq < 0n || seq >= this.maxRecords || seq <= this.highest - WIDTH) return false
    return seq > this.highest || this.accepted[this.slot(seq)] === 0
  }

  accept(seq: bigint): boolean {
    if (!this.check(seq)) return false
    if (seq > this.highest) this.moveTo(seq)
    this.accepted[this.slot(seq)] = 1
    return true
  }

  /** The slots of the numbers that come into view still say what they said one width ago. */
  private moveTo(seq: bigint): void {
    if (seq - this.highest >= WIDTH) this.accepted.fill(0)
    else for (let entering = this.highest + 1n; entering <= seq; entering++) this.accepted[this.slot(entering)] = 0
    this.highest = seq
  }

  private slot(seq: bigint): number {
    return Number(seq % WIDTH)
  }
}
