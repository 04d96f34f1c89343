/** What the table has to know of a session. */
export interface TabledSession {
  readonly kid: string
  readonly initDid: string
  /** Has it accepted a record? Until then it is provisional. */
  readonly confirmed: boolean
  /** Ends it: from now on it opens nothing, and its keys are erased. */
  end(): void
}

/** How many sessions there may be at once, each inclusive. */
export interface SessionCaps {
  readonly inAll: number
  readonly provisional: number
  readonly perDid: number
}

// A full table is searched for sessions that are over at most this often: a flood of handshakes must not buy a walk each.
const SWEEP_EVERY_MS = 1000

/**
 * The live sessions of a responder, by kid. A session that is over is dropped when it is looked up and by the sweep, and
 * no live session ever makes room for another (handshake.capacity, session.unknown).
 */
export class SessionTable<Session extends TabledSession> {
  private readonly sessions = new Map<string, Session>()
  private readonly provisional = new Set<Session>()
  private readonly byDid = new Map<string, number>()
  private sweptAt = -Infinity
  private closed = false

  /**
   * @param isOver has this session reached its age, its idle time or its provisional time?
   * @param monotonic milliseconds of a clock that never goes back
   */
  constructor(
    private readonly caps: SessionCaps,
    private readonly isOver: (session: Session) => boolean,
    private readonly monotonic: () => number,
  ) {}

  /** Sessions in the table. */
  get size(): number {
    return this.sessions.size
  }

  /** Sessions that are held, once those that are over are gone. Each is one or the other. */
  count(): { readonly live: number; readonly provisional: number } {
    this.sweep()
    const provisional = this.provisional.size
    return { live: this.sessions.size - provisional, provisional }
  }

  /** The live session that `kid` names, or undefined. */
  find(kid: string): Session | undefined {
    const session = this.sessions.get(kid)
    if (session === undefined || !this.isOver(session)) return session
    this.end(session)
    return undefined
  }

  /** Is there room for one more session, whoever its initiator is? */
  hasRoom(): boolean {
    return this.isBelowCaps() || (this.sweepAtCap() && this.isBelowCaps())
  }

  /** Is there room for one more session of this initiator? */
  hasRoomFor(initDid: string): boolean {
    const isBelow = (): boolean => (this.byDid.get(initDid) ?? 0) < this.caps.perDid
    return isBelow() || (this.sweepAtCap() && isBelow())
  }

  /** Takes a new session in. Whether there is room is for the caller to have asked. */
  add(session: Session): void {
    this.sessions.set(session.kid, session)
    this.byDid.set(session.initDid, (this.byDid.get(session.initDid) ?? 0) + 1)
    if (!session.confirmed) this.provisional.add(session)
  }

  /** Ends a session; its kid is unknown from now on. */
  end(session: Session): void {
    session.end()
    if (this.sessions.get(session.kid) !== session) return
    this.sessions.delete(session.kid)
    this.provisional.delete(session)
    const others = (this.byDid.get(session.initDid) ?? 1) - 1
    if (others === 0) this.byDid.delete(session.initDid)
    else this.byDid.set(session.initDid, others)
  }

  /** Ends the sessions that are over. */
  sweep(): void {
    this.sweptAt = this.monotonic()
    for (const session of this.sessions.values()) if (this.isOver(session)) this.end(session)
    this.forgetConfirmed()
  }

  /** Ends every session, and has no room from now on. */
  close(): void {
    this.closed = true
    for (const session of this.sessions.values()) this.end(session)
  }

  private isBelowCaps(): boolean {
    if (this.provisional.size >= this.caps.provisional) this.forgetConfirmed()
    return !this.closed && this.sessions.size < this.caps.inAll && this.provisional.size < this.caps.provisional
  }

  private forgetConfirmed(): void {
    for (const session of this.provisional) if (session.confirmed) this.provisional.delete(session)
  }

  private sweepAtCap(): boolean {
    const isDue = this.monotonic() - this.sweptAt >= SWEEP_EVERY_MS
    if (isDue) this.sweep()
    return isDue
  }
}
