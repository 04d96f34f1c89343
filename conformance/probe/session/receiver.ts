import { WINDOW_RECORDS } from '../../../schemas/index.js'
import { Refusal } from '../refusal.js'
import { openRecord, readSeq, type OpenedRecord } from './record.js'

const WIDTH = BigInt(WINDOW_RECORDS)

/** Which sequence numbers of one direction were accepted: the highest, and a set of those not too old to matter. */
class Window {
  #highest = -1n
  #accepted = new Set<bigint>()

  requireNew(seq: bigint): void {
    if (seq <= this.#highest - WIDTH) throw new Refusal('window', 'record.window')
    if (this.#accepted.has(seq)) throw new Refusal('window', 'record.replay')
  }

  accept(seq: bigint): void {
    this.#accepted.add(seq)
    if (seq > this.#highest) this.#highest = seq
    // The old are forgotten in bulk, once for each WIDTH records at most.
    if (this.#accepted.size > 2 * WINDOW_RECORDS) {
      const oldest = this.#highest - WIDTH
      this.#accepted = new Set([...this.#accepted].filter(each => each > oldest))
    }
  }
}

/** The receiving end of one direction of a session. */
export interface Receiver {
  /**
   * Opens the next record to arrive, in whatever order. One that is refused changes nothing.
   * @throws Refusal `length`, `sequence`, `window` or `aead`, in this order
   */
  readonly open: (record: Uint8Array, callerAad: Uint8Array) => OpenedRecord
}

/** A receiver with a key of 32 bytes, which accepts sequence numbers below `maxSessionRecords`. */
export const createReceiver = (key: Uint8Array, maxSessionRecords: bigint): Receiver => {
  const window = new Window()
  return {
    open: (record, callerAad) => {
      const claimed = readSeq(record)
      if (claimed >= maxSessionRecords) throw new Refusal('sequence', 'record.seq-limit')
      window.requireNew(claimed)
      const opened = openRecord(key, callerAad, record)
      window.accept(opened.seq)
      return opened
    },
  }
}
