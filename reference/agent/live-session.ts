import { SageError } from '../bytes/sage-error.js'
import type { Parts } from '../parts.js'
import type { Window } from '../session/receive-window.js'
import { openRecord, receiveRecord, sealRecord, type OpenedRecord } from '../session/record.js'
import type { SessionLife } from '../session/session-lives.js'
import { SessionSlab, type WriteKeys } from '../session/session-slab.js'
import type { SessionNames } from '../session/session-table.js'
import type { Entropy } from './clock.js'

/** What the sessions of one end have in common. */
export interface SessionEnd {
  readonly role: 'initiator' | 'responder'
  readonly slab: SessionSlab
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number
  readonly entropy: Entropy
  readonly parts: Parts
}

const ended = (): SageError => new SageError('session_closed', 'the session has ended')

/**
 * One end of a session: a handle of the row where its keys are, where it is in both directions and when it was last of use.
 * There may be several of one session. Once the session is gone its row is another's: each handle knows by the generation,
 * finds that it has ended, and reaches nothing of its successor.
 */
export class LiveSession implements Window, SessionLife {
  readonly kid: string
  readonly initDid: string
  // Truly private: a dump of a session must not show its keys.
  readonly #end: SessionEnd
  readonly #slab: SessionSlab
  readonly #row: number
  readonly #generation: number

  /** @param row where the session is now */
  constructor(end: SessionEnd, row: number, kid: string, initDid: string) {
    this.kid = kid
    this.initDid = initDid
    this.#end = end
    this.#slab = end.slab
    this.#row = row
    this.#generation = end.slab.generation(row)
  }

  /** A session for which a slab is made that holds no other. @throws what `writeKeys` throws */
  static alone(
    { maxRecords, ...end }: Omit<SessionEnd, 'slab'> & { readonly maxRecords: number },
    { kid, initDid, contextId }: SessionNames,
    writeKeys: WriteKeys,
  ): LiveSession {
    const slab = new SessionSlab({ maxRecords: BigInt(maxRecords), parts: end.parts, chunkBits: 0 })
    return new LiveSession({ ...end, slab }, slab.take(contextId, end.monotonic(), writeKeys), kid, initDid)
  }

  /** The context id of the handshake; nothing, once the session is gone. */
  get contextId(): string {
    return this.isHeld ? this.#slab.contextId(this.#row) : ''
  }

  /** Monotonic milliseconds; once the session is gone, longer ago than any limit. */
  get createdAt(): number {
    return this.isHeld ? this.#slab.lives.createdAt(this.#row) : -Infinity
  }

  /** Monotonic milliseconds of the last record that was accepted or sealed; once the session is gone, as `createdAt`. */
  get usedAt(): number {
    return this.isHeld ? this.#slab.lives.usedAt(this.#row) : -Infinity
  }

  get confirmed(): boolean {
    return this.isHeld && this.#slab.lives.isConfirmed(this.#row)
  }

  get ended(): boolean {
    return !this.isHeld || !this.#slab.lives.isAlive(this.#row)
  }

  /** Has this end sealed no record yet? */
  get unused(): boolean {
    return this.isHeld && this.#slab.nextSeq(this.#row) === 0n
  }

  /** Highest sequence number that was accepted, -1 where there is none. */
  get highest(): bigint {
    return this.isHeld ? this.#slab.windows.highest(this.#row) : -1n
  }

  /** Is it the session of this context? */
  isInContext(contextId: string): boolean {
    return this.isHeld && this.#slab.isInContext(this.#row, contextId)
  }

  /** May a record with this number still be accepted? Changes nothing. */
  check(seq: bigint): boolean {
    return this.isHeld && this.#slab.windows.check(this.#row, seq)
  }

  /** Looks at the window again and marks `seq`. False, and nothing marked, when it is not to be accepted any more. */
  accept(seq: bigint): boolean {
    return this.isHeld && this.#slab.windows.accept(this.#row, seq)
  }

  /** The session has been of use: its idle time starts anew (session.idle). */
  touch(): void {
    if (this.isHeld) this.#slab.lives.touch(this.#row, this.#end.monotonic())
  }

  /** The initiator holds the keys (handshake.confirmed). */
  confirm(): void {
    if (this.isHeld) this.#slab.lives.confirm(this.#row)
  }

  /** A request is under way: until it is finished, the key of its answer is kept. */
  begin(): void {
    if (this.isHeld) this.#slab.begin(this.#row)
  }

  /** A request that was begun has its answer, or never will have one. */
  finish(): void {
    if (this.isHeld) this.#slab.finish(this.#row)
  }

  /**
   * Seals the next record of this end.
   * @param drawn its number, where that was drawn before
   * @throws SageError `session_closed` when the session has ended, or has no number left and ends so
   * (record.sender-exhausted)
   */
  seal(plaintext: Uint8Array, callerAad: Uint8Array, drawn?: bigint): Uint8Array {
    const { entropy, parts } = this.#end
    if (!this.maySeal) throw ended()
    const seq = drawn ?? this.#slab.nextSeq(this.#row)
    if (seq >= this.#slab.maxRecords) {
      this.end()
      throw new SageError('session_closed', 'the session has no record left')
    }
    const record = sealRecord({ key: this.sealKey, seq, nonce: entropy(12), callerAad, plaintext }, parts)
    if (drawn === undefined) this.#slab.advance(this.#row)
    this.touch()
    return record
  }

  /**
   * Makes the mark of a record that has opened hold everywhere, where the session is not of this process alone.
   * @returns a promise where that takes time; it rejects with SageError `authentication_failed`, `session_unknown` or
   * `unavailable` where the record is not accepted
   */
  mark(_seq: bigint): Promise<void> | undefined {
    return undefined
  }

  /**
   * Draws the number of the next record of this end, where it is not of this process alone to say.
   * @returns a promise, which rejects with SageError `session_closed` or `unavailable`; undefined where `seal` knows
   */
  drawSeq(): Promise<bigint> | undefined {
    return undefined
  }

  /** The promise that everybody has been told of its end, where somebody has to be; it rejects with SageError `unavailable`. */
  get told(): Promise<void> | undefined {
    return undefined
  }

  /** Whoever found it is done with it; requests that were begun keep it. */
  release(): void {
    // The table of this process holds it.
  }

  /**
   * Opens a record of the other end, whatever its number.
   * @throws SageError `authentication_failed`; `session_closed` when the session has ended
   */
  open(callerAad: Uint8Array, record: Uint8Array): OpenedRecord {
    return openRecord({ key: this.openKey, callerAad, record }, this.#end.parts)
  }

  /** As {@link open}, and accepts its number. @throws SageError `authentication_failed`, `session_closed` */
  receive(callerAad: Uint8Array, record: Uint8Array): OpenedRecord {
    return receiveRecord({ key: this.openKey, window: this, callerAad, record }, this.#end.parts)
  }

  /** Takes no request from now on; those that are under way may still be answered (task.close-ends). */
  end(): void {
    if (this.isHeld) this.#slab.end(this.#row)
  }

  /** Calls `listener` when the session ends, once. @returns forgets it */
  whenEnded(listener: () => void): () => void {
    if (this.isHeld) this.#slab.whenEnded(this.#row, listener)
    return () => {
      if (this.isHeld) this.#slab.forget(this.#row, listener)
    }
  }

  private get isHeld(): boolean {
    return this.#slab.isHeld(this.#row, this.#generation)
  }

  /** Key of the records that arrive (keys.direction). */
  private get openKey(): Uint8Array {
    if (!this.isHeld) throw ended()
    if (this.#end.role === 'initiator') return this.#slab.s2cEnc(this.#row)
    if (this.ended) throw ended()
    return this.#slab.c2sEnc(this.#row)
  }

  private get sealKey(): Uint8Array {
    return this.#end.role === 'initiator' ? this.#slab.c2sEnc(this.#row) : this.#slab.s2cEnc(this.#row)
  }

  // An ended session is held only as long as requests are under way.
  private get maySeal(): boolean {
    return !this.ended || (this.isHeld && this.#end.role === 'responder')
  }
}
