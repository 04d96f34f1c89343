import type { ReplayStore } from '../../handshake/responder-guards.js'
import { systemClock } from '../clock.js'
import { createState } from '../create-state.js'
import { honestSeams } from '../honest-seams.js'
import { createIdentity } from '../identity.js'
import { LocalSessions } from '../local-sessions.js'
import type { SharedBeat, SharedEntry, SharedLook, SharedRules, SharedState } from '../shared-state.js'

interface Entry {
  readonly sealed: string
  next: bigint
}

/**
 * What is shared, in one process: the table, the windows and the nonces of a responder that is alone. What a server does must
 * come to the same.
 */
export class MemoryState implements SharedState {
  private readonly entries = new Map<string, Entry>()
  private readonly sessions: LocalSessions
  private readonly replay: ReplayStore
  private readonly maxRecords: bigint

  /** @param monotonic milliseconds of a clock that never goes back */
  constructor(rules: SharedRules, monotonic: () => number) {
    const { caps, nonces, ageMs, idleMs, provisionalMs, maxRecords } = rules
    const { sessions, replay } = createState(
      {
        identity: createIdentity(),
        clock: { ...systemClock, monotonic },
        caps: { sessions: caps.inAll, provisionalSessions: caps.provisional, nonces },
        limits: {
          maxSessionsPerDid: caps.perDid,
          maxSessionAgeSeconds: ageMs / 1000,
          maxSessionIdleSeconds: idleMs / 1000,
          provisionalSeconds: provisionalMs / 1000,
          maxSessionRecords: maxRecords,
        },
      },
      honestSeams,
    )
    if (!(sessions instanceof LocalSessions)) throw new Error('not the sessions of one process')
    this.sessions = sessions
    this.replay = replay
    this.maxRecords = BigInt(maxRecords)
  }

  /** Everything that is kept: what an onlooker would find. */
  get kept(): string {
    return JSON.stringify([...this.entries], (_name, value: unknown) =>
      typeof value === 'bigint' ? `${value}` : value,
    )
  }

  async beat(kids: readonly string[]): Promise<SharedBeat> {
    const gone = kids.filter(kid => !this.sessions.has(kid))
    return { isSettled: true, ...this.sessions.count(), gone }
  }

  async claim(nonce: string, initiator: string) {
    return this.hasRoom(initiator) ? this.replay.claim(initiator, nonce) : 'full'
  }

  async add({ kid, initiator, sealed }: SharedEntry) {
    if (this.entries.has(kid)) return 'taken'
    if (!this.hasRoom(initiator)) return 'full'
    this.sessions.add({ kid, initDid: initiator, contextId: '' }, (into, at) => into.fill(1, at, at + 64))
    this.entries.set(kid, { sealed, next: 0n })
    return 'added'
  }

  async look(kid: string, seq: bigint): Promise<SharedLook | undefined> {
    const session = this.sessions.find(kid)
    const { sealed } = this.entries.get(kid) ?? {}
    if (session === undefined || sealed === undefined) return undefined
    return { sealed, highest: session.highest, isOpen: session.check(seq) }
  }

  async mark(kid: string, seq: bigint) {
    const session = this.sessions.find(kid)
    if (session === undefined) return 'gone'
    if (!session.accept(seq)) return 'refused'
    session.touch()
    session.confirm()
    return 'marked'
  }

  async draw(kid: string): Promise<bigint | undefined> {
    const entry = this.entries.get(kid)
    const session = this.sessions.find(kid)
    if (entry === undefined) return undefined
    if (entry.next >= this.maxRecords) {
      session?.end()
      return undefined
    }
    session?.touch()
    return entry.next++
  }

  async end(kid: string): Promise<void> {
    this.sessions.find(kid)?.end()
  }

  private hasRoom(initiator: string): boolean {
    return this.sessions.hasRoom() && this.sessions.hasRoomFor(initiator)
  }
}
