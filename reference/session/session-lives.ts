import { bytes, Column, doubles } from './column.js'
import { emptyList, RowLinks, type RowList } from './row-list.js'

const [NONE, PROVISIONAL, CONFIRMED] = [0, 1, 2]
const [CREATED, USED] = [0, 1]

/** What decides whether a session is over. */
export interface SessionLife {
  /** Monotonic milliseconds. */
  readonly createdAt: number
  /** Monotonic milliseconds of the last record that was accepted or sealed. */
  readonly usedAt: number
  /** Has it accepted a record? Until then it is provisional. */
  readonly confirmed: boolean
}

/**
 * The times of the sessions of a slab, by row, in three orders. Every session has the same limits, so that in each order the
 * first is the first to be over: whoever looks for sessions that are over looks at three, however many there are.
 */
export class SessionLives {
  /** In the order in which they were made (session.age). */
  readonly byAge: RowList = emptyList()
  /** In the order of their last use (session.idle). */
  readonly byUse: RowList = emptyList()
  /** Those that no record has confirmed, in the order in which they were made (handshake.provisional-dropped). */
  readonly provisional: RowList = emptyList()

  private readonly states: Column<Uint8Array>
  private readonly times: Column<Float64Array>
  private readonly ageLinks: RowLinks
  private readonly useLinks: RowLinks
  private readonly provisionalLinks: RowLinks

  constructor(chunkBits?: number) {
    this.states = new Column(bytes, 1, chunkBits)
    this.times = new Column(doubles, 2, chunkBits)
    this.ageLinks = new RowLinks(chunkBits)
    this.useLinks = new RowLinks(chunkBits)
    this.provisionalLinks = new RowLinks(chunkBits)
  }

  /** @param now monotonic milliseconds, here and below no less than at any call before */
  begin(row: number, now: number): void {
    this.setState(row, PROVISIONAL)
    this.setTime(row, CREATED, now)
    this.setTime(row, USED, now)
    this.ageLinks.append(this.byAge, row)
    this.useLinks.append(this.byUse, row)
    this.provisionalLinks.append(this.provisional, row)
  }

  isAlive(row: number): boolean {
    return this.state(row) !== NONE
  }

  isConfirmed(row: number): boolean {
    return this.state(row) === CONFIRMED
  }

  /** Only one that is alive and provisional changes. */
  confirm(row: number): void {
    if (this.state(row) !== PROVISIONAL) return
    this.setState(row, CONFIRMED)
    this.provisionalLinks.remove(this.provisional, row)
  }

  /** The session has been of use: its idle time starts anew. */
  touch(row: number, now: number): void {
    this.setTime(row, USED, now)
    if (this.isAlive(row)) this.useLinks.moveToEnd(this.byUse, row)
  }

  /** Takes a row that is alive out of every order. Its times stay until it begins again. */
  end(row: number): void {
    if (this.state(row) === PROVISIONAL) this.provisionalLinks.remove(this.provisional, row)
    this.ageLinks.remove(this.byAge, row)
    this.useLinks.remove(this.byUse, row)
    this.setState(row, NONE)
  }

  createdAt(row: number): number {
    return this.time(row, CREATED)
  }

  usedAt(row: number): number {
    return this.time(row, USED)
  }

  of(row: number): SessionLife {
    return { createdAt: this.createdAt(row), usedAt: this.usedAt(row), confirmed: this.isConfirmed(row) }
  }

  private state(row: number): number {
    return this.states.of(row)[this.states.at(row)]!
  }

  private setState(row: number, state: number): void {
    this.states.of(row)[this.states.at(row)] = state
  }

  private time(row: number, which: number): number {
    return this.times.of(row)[this.times.at(row) + which]!
  }

  private setTime(row: number, which: number, now: number): void {
    this.times.of(row)[this.times.at(row) + which] = now
  }
}
