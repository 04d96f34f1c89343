/** A session as one would write it down: an object with two keys and a flag for each number of its window. */
export class NaiveSession {
  readonly window = new Uint8Array(1024)
  usedAt: number
  confirmed = false
  ended = false
  nextSeq = 0n
  highest = -1n
  readonly onEnd = new Set<() => void>()

  constructor(
    readonly kid: string,
    readonly initDid: string,
    readonly contextId: string,
    readonly c2sEnc: Uint8Array,
    readonly s2cEnc: Uint8Array,
    readonly createdAt: number,
  ) {
    this.usedAt = createdAt
  }

  end(): void {
    this.ended = true
    this.c2sEnc.fill(0)
    this.s2cEnc.fill(0)
    this.onEnd.clear()
  }
}

/** Sessions as objects in a map, which is walked from end to end to find what is over. */
export class NaiveTable {
  private readonly sessions = new Map<string, NaiveSession>()
  private readonly provisional = new Set<NaiveSession>()
  private readonly byDid = new Map<string, number>()

  constructor(private readonly monotonic: () => number) {}

  get size(): number {
    return this.sessions.size
  }

  add(kid: string, initDid: string, contextId: string): NaiveSession {
    const [c2sEnc, s2cEnc] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(1)]
    const session = new NaiveSession(kid, initDid, contextId, c2sEnc, s2cEnc, this.monotonic())
    this.sessions.set(kid, session)
    this.provisional.add(session)
    this.byDid.set(initDid, (this.byDid.get(initDid) ?? 0) + 1)
    return session
  }

  find(kid: string): NaiveSession | undefined {
    const session = this.sessions.get(kid)
    if (session === undefined || !this.isOver(session)) return session
    this.end(session)
    return undefined
  }

  end(session: NaiveSession): void {
    session.end()
    this.sessions.delete(session.kid)
    this.provisional.delete(session)
    const others = (this.byDid.get(session.initDid) ?? 1) - 1
    if (others === 0) this.byDid.delete(session.initDid)
    else this.byDid.set(session.initDid, others)
  }

  sweep(): void {
    for (const session of this.sessions.values()) if (this.isOver(session)) this.end(session)
  }

  private isOver({ createdAt, usedAt, confirmed }: NaiveSession): boolean {
    const now = this.monotonic()
    return now - createdAt >= 3_600_000 || now - usedAt >= 600_000 || (!confirmed && now - createdAt >= 60_000)
  }
}
