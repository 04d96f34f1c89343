import { Column, uint32s } from './column.js'

interface Initiator {
  readonly did: string
  readonly id: number
  sessions: number
}

/** Whose each row is, and how many rows each DID has. A DID is held once, however many rows are its. */
export class DidCounts {
  private readonly byDid = new Map<string, Initiator>()
  private readonly byId: (Initiator | undefined)[] = []
  private readonly freeIds: number[] = []
  private readonly ids = new Column(uint32s)

  /** Rows of this DID. */
  count(did: string): number {
    return this.byDid.get(did)?.sessions ?? 0
  }

  /** Whose `row`, which was added, is. */
  didOf(row: number): string {
    return this.initiatorOf(row).did
  }

  add(row: number, did: string): void {
    const initiator = this.byDid.get(did) ?? this.enter(did)
    initiator.sessions++
    this.ids.of(row)[this.ids.at(row)] = initiator.id
  }

  /** Forgets a row that was added, and with its last one the DID. */
  remove(row: number): void {
    const initiator = this.initiatorOf(row)
    if (--initiator.sessions > 0) return
    this.byDid.delete(initiator.did)
    this.byId[initiator.id] = undefined
    this.freeIds.push(initiator.id)
  }

  private enter(did: string): Initiator {
    const initiator = { did, id: this.freeIds.pop() ?? this.byId.length, sessions: 0 }
    this.byDid.set(did, initiator)
    this.byId[initiator.id] = initiator
    return initiator
  }

  private initiatorOf(row: number): Initiator {
    return this.byId[this.ids.of(row)[this.ids.at(row)]!]!
  }
}
