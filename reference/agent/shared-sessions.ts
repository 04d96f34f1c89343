import { MAX_SKEW_SECONDS, NONCE_MEMORY_SECONDS, type Limits } from '../../schemas/index.js'
import { encodeBase64Url, parseBase64Url } from '../bytes/base64.js'
import { concat } from '../bytes/concat.js'
import { readBe64 } from '../bytes/integers.js'
import { SageError } from '../bytes/sage-error.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { sha256 } from '../crypto/sha256.js'
import { openAtRest, sealAtRest, type StateKeys } from '../crypto/state-keys.js'
import type { Claim, ReplayStore } from '../handshake/responder-guards.js'
import type { WriteKeys } from '../session/session-slab.js'
import type { SessionCaps, SessionNames } from '../session/session-table.js'
import { withDeadline } from '../transport/deadline.js'
import { faultOf, type Log } from './agent-event.js'
import type { SessionEnd } from './live-session.js'
import type { SessionCount, SessionStore } from './session-store.js'
import { SharedSession, type SharedSteps } from './shared-session.js'
import type { SharedRules, SharedState } from './shared-state.js'

const KEYS_LENGTH = 64
const TIMEOUT_MS = 1_000
/** Milliseconds without a beat after which the keys of requests under way are dropped: nobody can say that they are good. */
const LOST_AFTER_MS = 30_000

/** How sessions and nonces are shared. */
export interface SharedOptions {
  /** Opens what the processes share; `redisState` makes one. */
  readonly state: (rules: SharedRules) => SharedState
  /** Under which the keys of sessions are sealed there. Every process has the same. */
  readonly keys: StateKeys
  /** Milliseconds in which each step has to be answered, 1000 by default. A message whose step is not is `unavailable`. */
  readonly timeoutMs?: number
}

/** What shared sessions need of their responder. */
export interface SharedSessionsInput extends SharedOptions {
  readonly did: string
  readonly caps: SessionCaps
  readonly nonces: number
  readonly limits: Limits
  /** The slab is for rows of requests under way, and nobody else takes any. */
  readonly end: SessionEnd
  /** Text by which a handshake is remembered. */
  readonly key: (initDid: string, nonce: string) => string
  readonly log: Log
}

const digest = (text: string): string => encodeBase64Url(sha256(encodeUtf8(text)))

/**
 * The sessions and nonces of a responder that is several processes. Nothing of a session is kept here beyond the requests
 * under way in it; that one is accepted is decided where it is shared. Where that cannot be asked, a message is `unavailable`:
 * nothing is accepted unseen.
 */
export class SharedSessions implements SessionStore, ReplayStore, SharedSteps {
  private readonly state: SharedState
  private readonly held = new Map<string, Set<SharedSession>>()
  private readonly maxRecords: bigint
  private isBeating = false
  private isClosed = false
  private isSettled = false
  private lastBeat = -Infinity

  constructor(private readonly input: SharedSessionsInput) {
    const { did, caps, nonces, limits } = input
    this.maxRecords = BigInt(limits.maxSessionRecords)
    this.state = input.state({
      did,
      caps,
      nonces,
      nonceMs: NONCE_MEMORY_SECONDS * 1000,
      ageMs: limits.maxSessionAgeSeconds * 1000,
      idleMs: limits.maxSessionIdleSeconds * 1000,
      provisionalMs: limits.provisionalSeconds * 1000,
      maxRecords: limits.maxSessionRecords,
      // Who accepted a handshake before a loss took its time for at most one skew from its clock, and so does who sees it again.
      quarantineMs: 2 * MAX_SKEW_SECONDS * 1000,
    })
  }

  start(): Promise<void> {
    return this.beat()
  }

  isReady(): boolean {
    return this.isSettled
  }

  hasRoom(): boolean {
    return !this.isClosed
  }

  /** The claim of the nonce says so. */
  hasRoomFor(): boolean {
    return true
  }

  /** Taking it in says so. */
  has(): boolean {
    return false
  }

  claim(initDid: string, nonce: string): Promise<Claim> {
    const { key } = this.input
    return this.step(() => this.state.claim(digest(key(initDid, nonce)), digest(initDid)))
  }

  async add({ kid, initDid, contextId }: SessionNames, writeKeys: WriteKeys): Promise<void> {
    const sealed = encodeBase64Url(this.seal(kid, initDid, contextId, writeKeys))
    const added = await this.step(() => this.state.add({ kid, initiator: digest(initDid), sealed }))
    if (added === 'full') throw new SageError('unavailable', 'no room for a session')
    if (added === 'taken') throw new SageError('internal', 'a kid was drawn twice')
  }

  async find(kid: string, record: Uint8Array): Promise<SharedSession | undefined> {
    const seq = record.length < 8 ? 0n : readBe64(record)
    const isBelowLimit = seq < this.maxRecords
    const look = await this.step(() => this.state.look(kid, isBelowLimit ? seq : 0n))
    if (look === undefined) return undefined
    if (this.isClosed) throw new SageError('unavailable', 'the responder has ended')
    const { row, initDid } = this.open(kid, look.sealed)
    const isOpen = look.isOpen && isBelowLimit
    const session = new SharedSession(this.input.end, this, { row, kid, initDid, seq, look: { ...look, isOpen } })
    const others = this.held.get(kid)
    if (others === undefined) this.held.set(kid, new Set([session]))
    else others.add(session)
    return session
  }

  mark(kid: string, seq: bigint): Promise<'marked' | 'refused' | 'gone'> {
    return this.step(() => this.state.mark(kid, seq))
  }

  draw(kid: string): Promise<bigint | undefined> {
    return this.step(() => this.state.draw(kid))
  }

  /** Ends it for everybody, and at once for the requests of this process. */
  end(kid: string): Promise<void> {
    const told = this.step(() => this.state.end(kid))
    this.lose(kid)
    return told
  }

  released(session: SharedSession): void {
    const others = this.held.get(session.kid)
    if (others?.delete(session) && others.size === 0) this.held.delete(session.kid)
  }

  async count(): Promise<SessionCount> {
    const { live, provisional } = await this.step(() => this.state.beat([]))
    return { live, provisional }
  }

  /** What is over is ended where it is shared, and what has ended there is dropped here. */
  sweep(): boolean {
    if (!this.isBeating && !this.isClosed) void this.beat()
    return false
  }

  close(): void {
    this.isClosed = true
    this.isSettled = false
    for (const kid of [...this.held.keys()]) this.lose(kid)
  }

  private async beat(): Promise<void> {
    const { monotonic } = this.input.end
    this.isBeating = true
    try {
      const { isSettled, gone } = await this.step(() => this.state.beat([...this.held.keys()]))
      this.lastBeat = monotonic()
      this.isSettled = isSettled && !this.isClosed
      for (const kid of gone) this.lose(kid)
    } catch {
      this.isSettled = false
      if (monotonic() - this.lastBeat > LOST_AFTER_MS) for (const kid of [...this.held.keys()]) this.lose(kid)
    } finally {
      this.isBeating = false
    }
  }

  private lose(kid: string): void {
    for (const session of this.held.get(kid) ?? []) session.lose()
  }

  /** @throws SageError `unavailable` where the step fails or takes too long: whether it was made, nobody knows */
  private async step<Value>(make: () => Promise<Value>): Promise<Value> {
    try {
      return await withDeadline(make, { timeoutMs: this.input.timeoutMs ?? TIMEOUT_MS })
    } catch (cause) {
      this.input.log(faultOf(cause))
      throw new SageError('unavailable', 'what is shared cannot be asked', { cause })
    }
  }

  private purpose(kid: string): string {
    return JSON.stringify(['sage shared session v1', this.input.did, kid])
  }

  private seal(kid: string, initDid: string, contextId: string, writeKeys: WriteKeys): Uint8Array {
    const keys = new Uint8Array(KEYS_LENGTH)
    let secret: Uint8Array | undefined
    try {
      writeKeys(keys, 0)
      secret = concat(keys, encodeUtf8(JSON.stringify([initDid, contextId])))
      return sealAtRest(this.input.keys, this.input.end.entropy(12), this.purpose(kid), secret)
    } finally {
      keys.fill(0)
      secret?.fill(0)
    }
  }

  private open(kid: string, sealed: string): { readonly row: number; readonly initDid: string } {
    const { slab, monotonic } = this.input.end
    const secret = openAtRest(this.input.keys, this.purpose(kid), parseBase64Url(sealed))
    try {
      const [initDid, contextId] = JSON.parse(Buffer.from(secret.subarray(KEYS_LENGTH)).toString()) as [string, string]
      const writeKeys: WriteKeys = (into, at) => into.set(secret.subarray(0, KEYS_LENGTH), at)
      return { row: slab.take(contextId, monotonic(), writeKeys), initDid }
    } finally {
      secret.fill(0)
    }
  }
}
