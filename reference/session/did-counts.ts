import { Column, uint32s } from './column.js'
import { TextIndex } from './text-index.js'

/** What every `did:key` of an Ed25519 key begins with, and how many characters come after it. */
const [DID_PREFIX, DID_ROOM] = ['did:key:z6Mk', 44]

/**
 * Whose each row is, and how many rows each DID has. A DID is held once, however many rows are its, and as a copy: a text
 * that was cut out of a message may keep all of it.
 */
export class DidCounts {
  private readonly dids: TextIndex
  /** Number of the DID of each row. */
  private readonly numbers = new Column(uint32s)
  /** Rows of each DID; for a number that no DID has, one more than the number that is free after it. */
  private readonly counts = new Column(uint32s)
  private size = 0
  private free = 0

  /** @param seed 32 bits that a peer does not know */
  constructor(seed: number) {
    this.dids = new TextIndex(DID_ROOM, DID_PREFIX, seed)
  }

  /** Rows of this DID. */
  count(did: string): number {
    const number = this.dids.find(did)
    return number < 0 ? 0 : this.counts.of(number)[this.counts.at(number)]!
  }

  /** Whose `row`, which was added, is. */
  didOf(row: number): string {
    return this.dids.read(this.numberOf(row))
  }

  add(row: number, did: string): void {
    const known = this.dids.find(did)
    const number = known < 0 ? this.enter(did) : known
    this.counts.of(number)[this.counts.at(number)]!++
    this.numbers.of(row)[this.numbers.at(row)] = number
  }

  /** Forgets a row that was added, and with its last one the DID. */
  remove(row: number): void {
    const number = this.numberOf(row)
    const counts = this.counts.of(number)
    const at = this.counts.at(number)
    if (--counts[at]! > 0) return
    this.dids.remove(number)
    counts[at] = this.free
    this.free = number + 1
  }

  private enter(did: string): number {
    const number = this.free > 0 ? this.free - 1 : this.size++
    const counts = this.counts.of(number)
    const at = this.counts.at(number)
    this.free = this.free > 0 ? counts[at]! : 0
    counts[at] = 0
    this.dids.add(did, number)
    return number
  }

  private numberOf(row: number): number {
    return this.numbers.of(row)[this.numbers.at(row)]!
  }
}
