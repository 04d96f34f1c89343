import { DidCounts } from './did-counts.js'
import type { SessionLife } from './session-lives.js'
import type { SessionSlab, WriteKeys } from './session-slab.js'
import { TextIndex } from './text-index.js'

/** A kid is this and a UUID. */
const [KID_PREFIX, KID_ROOM] = ['kid-', 36]

/** The names of a session. */
export interface SessionNames {
  readonly kid: string
  readonly initDid: string
  readonly contextId: string
}

/** How many sessions there may be at once, each inclusive. */
export interface SessionCaps {
  readonly inAll: number
  readonly provisional: number
  readonly perDid: number
}

/** What a table is made of. */
export interface TableOptions<Session extends SessionLife> {
  readonly caps: SessionCaps
  /** Where the sessions are. Nobody else takes rows of it. */
  readonly slab: SessionSlab
  /** A handle of the session that is in `row` now. */
  readonly handle: (row: number, kid: string, initDid: string) => Session
  /** Has this session reached its age, its idle time or its provisional time? The older it is in each, the more it has. */
  readonly isOver: (life: SessionLife) => boolean
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number
  /** 32 random bits. */
  readonly seed: number
}

/**
 * The live sessions of a responder, by kid. They are rows of a slab; what is handed out are handles, which are made when a
 * session is looked up and outlive nothing. A session that is over is dropped when it is looked up and by the sweep, and no
 * live session ever makes room for another (handshake.capacity, session.unknown).
 */
export class SessionTable<Session extends SessionLife> {
  private readonly kids: TextIndex
  private readonly dids: DidCounts
  private closed = false

  constructor(private readonly options: TableOptions<Session>) {
    this.kids = new TextIndex(KID_ROOM, KID_PREFIX, options.seed)
    this.dids = new DidCounts(options.seed)
    options.slab.onEnd = row => {
      this.kids.remove(row)
      this.dids.remove(row)
    }
  }

  /** Sessions in the table. */
  get size(): number {
    return this.lives.byAge.length
  }

  /** Sessions that are held, once those that are over are gone. Each is one or the other. */
  count(): { readonly live: number; readonly provisional: number } {
    this.sweep()
    const provisional = this.lives.provisional.length
    return { live: this.size - provisional, provisional }
  }

  /** The live session that `kid` names, or undefined. */
  find(kid: string): Session | undefined {
    const row = this.kids.find(kid)
    if (row < 0) return undefined
    const session = this.options.handle(row, kid, this.dids.didOf(row))
    return this.endIfOver(row, session) ? undefined : session
  }

  /** Is there room for one more session, whoever its initiator is? */
  hasRoom(): boolean {
    // Where a cap is reached and a session that counts for it is over, the first that the sweep looks at is such a one.
    if (!this.isBelowCaps()) this.sweep(1)
    return !this.closed && this.isBelowCaps()
  }

  /** Is there room for one more session of this initiator? */
  hasRoomFor(initDid: string): boolean {
    const { perDid } = this.options.caps
    if (this.dids.count(initDid) >= perDid) this.sweep()
    return this.dids.count(initDid) < perDid
  }

  /**
   * Takes a new session in. Whether there is room is for the caller to have asked.
   * @param writeKeys puts the two keys of the session where they are kept
   * @throws what `writeKeys` throws; then nothing has changed
   */
  add({ kid, initDid, contextId }: SessionNames, writeKeys: WriteKeys): Session {
    const { slab, handle, monotonic } = this.options
    const row = slab.take(contextId, monotonic(), writeKeys)
    this.kids.add(kid, row)
    this.dids.add(row, initDid)
    return handle(row, kid, initDid)
  }

  /**
   * Ends sessions that are over, `most` at most. No session is ended twice, so that however often this is asked for, it costs
   * what the sessions have cost that were made.
   * @returns may others be over still?
   */
  sweep(most = Infinity): boolean {
    for (let ended = 0; ended < most; ended++) if (!this.endFirst()) return false
    return true
  }

  /** Ends every session, and has no room from now on. */
  close(): void {
    this.closed = true
    while (this.size > 0) this.options.slab.end(this.lives.byAge.first)
  }

  private get lives() {
    return this.options.slab.lives
  }

  /** Ends a session that is over, a provisional one if there is one. False where there is none. */
  private endFirst(): boolean {
    const { provisional, byAge, byUse } = this.lives
    if (provisional.length > 0 && this.endIfOver(provisional.first)) return true
    return this.size > 0 && (this.endIfOver(byAge.first) || this.endIfOver(byUse.first))
  }

  private endIfOver(row: number, life: SessionLife = this.lives.of(row)): boolean {
    if (!this.options.isOver(life)) return false
    this.options.slab.end(row)
    return true
  }

  private isBelowCaps(): boolean {
    const { inAll, provisional } = this.options.caps
    return this.size < inAll && this.lives.provisional.length < provisional
  }
}
