import { SageError } from '../bytes/sage-error.js'
import { erase } from '../crypto/erase.js'
import type { Parts } from '../parts.js'
import type { Window } from '../session/receive-window.js'
import { sealRecord } from '../session/record.js'
import type { TabledSession } from '../session/session-table.js'
import type { Entropy } from './clock.js'

/** What a session is made of. The two keys are its own: it erases them. */
export interface LiveSessionInput {
  readonly role: 'initiator' | 'responder'
  readonly kid: string
  readonly initDid: string
  readonly contextId: string
  /** 32 bytes, of the requests. */
  readonly c2sEnc: Uint8Array
  /** 32 bytes, of the answers. */
  readonly s2cEnc: Uint8Array
  /** `maxSessionRecords`: records in each direction. */
  readonly maxRecords: number
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number
  readonly entropy: Entropy
}

/** One end of a session: its keys, where it is in both directions, when it was last of use. */
export class LiveSession implements TabledSession {
  readonly kid: string
  readonly initDid: string
  readonly contextId: string
  readonly window: Window
  /** Monotonic milliseconds. */
  readonly createdAt: number
  /** Monotonic milliseconds of the last record that was accepted or sealed. */
  usedAt: number
  /** Highest sequence number that was accepted. */
  highest = -1n
  confirmed = false
  ended = false
  private nextSeq = 0n
  private unanswered = 0
  private readonly onEnd = new Set<() => void>()

  constructor(
    private readonly input: LiveSessionInput,
    private readonly parts: Parts,
  ) {
    this.kid = input.kid
    this.initDid = input.initDid
    this.contextId = input.contextId
    this.window = parts.createWindow(BigInt(input.maxRecords))
    this.createdAt = this.usedAt = input.monotonic()
  }

  /** Key of the records that arrive (keys.direction), 32 bytes; all zero once it is erased. */
  get openKey(): Uint8Array {
    return this.input.role === 'initiator' ? this.input.s2cEnc : this.input.c2sEnc
  }

  /** Has this end sealed no record yet? */
  get unused(): boolean {
    return this.nextSeq === 0n
  }

  private get sealKey(): Uint8Array {
    return this.input.role === 'initiator' ? this.input.c2sEnc : this.input.s2cEnc
  }

  /** Looks at the window again and marks `seq`. False, and nothing marked, when it is not to be accepted any more. */
  mark(seq: bigint): boolean {
    if (!this.window.accept(seq)) return false
    if (seq > this.highest) this.highest = seq
    return true
  }

  /** The session has been of use: its idle time starts anew (session.idle). */
  touch(): void {
    this.usedAt = this.input.monotonic()
  }

  /** The initiator holds the keys (handshake.confirmed). */
  confirm(): void {
    this.confirmed = true
  }

  /** A request is under way: until it is finished, the key of its answer is kept. */
  begin(): void {
    this.unanswered++
  }

  /** A request that was begun has its answer, or never will have one. */
  finish(): void {
    this.unanswered--
    this.eraseIfDone()
  }

  /**
   * Seals the next record of this end.
   * @throws SageError `session_closed` when the session has ended, or has no number left and ends so
   * (record.sender-exhausted)
   */
  seal(plaintext: Uint8Array, callerAad: Uint8Array): Uint8Array {
    if (this.nextSeq >= BigInt(this.input.maxRecords)) {
      this.end()
      throw new SageError('session_closed', 'the session has no record left')
    }
    if (!this.maySeal) throw new SageError('session_closed', 'the session has ended')
    const nonce = this.input.entropy(12)
    const record = sealRecord({ key: this.sealKey, seq: this.nextSeq, nonce, callerAad, plaintext }, this.parts)
    this.nextSeq++
    this.touch()
    return record
  }

  /** Takes no request from now on; those that are under way may still be answered (task.close-ends). */
  end(): void {
    this.ended = true
    erase(this.input.c2sEnc)
    for (const listener of this.onEnd) listener()
    this.onEnd.clear()
    this.eraseIfDone()
  }

  /** Calls `listener` when the session ends, once. @returns forgets it */
  whenEnded(listener: () => void): () => void {
    this.onEnd.add(listener)
    return () => void this.onEnd.delete(listener)
  }

  private get maySeal(): boolean {
    return !this.ended || (this.input.role === 'responder' && this.unanswered > 0)
  }

  private eraseIfDone(): void {
    if (this.ended && this.unanswered === 0) erase(this.input.s2cEnc)
  }
}
