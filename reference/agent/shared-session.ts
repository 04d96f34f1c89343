import { authenticationFailed, SageError } from '../bytes/sage-error.js'
import { LiveSession, type SessionEnd } from './live-session.js'
import type { SharedLook } from './shared-state.js'

/** What a shared session asks of where it is shared. */
export interface SharedSteps {
  mark(kid: string, seq: bigint): Promise<'marked' | 'refused' | 'gone'>
  draw(kid: string): Promise<bigint | undefined>
  end(kid: string): Promise<void>
  /** Told when nothing of the session is held here any longer. */
  released(session: SharedSession): void
}

/** What is known of a session that was looked up. */
export interface FoundSession {
  readonly row: number
  readonly kid: string
  readonly initDid: string
  /** The number that was asked for. */
  readonly seq: bigint
  readonly look: SharedLook
}

/**
 * A shared session, in this process as long as the request for which it was found and what it has begun: its keys are in a
 * row of their own until then. What it knows of its window is what a look has found; that a number is marked, that one is
 * drawn and that it ends is asked of everybody.
 */
export class SharedSession extends LiveSession {
  readonly #steps: SharedSteps
  readonly #found: FoundSession
  #told: Promise<void> | undefined
  #holds = 0

  constructor(end: SessionEnd, steps: SharedSteps, found: FoundSession) {
    super(end, found.row, found.kid, found.initDid)
    this.#steps = steps
    this.#found = found
    this.begin()
  }

  override get highest(): bigint {
    return this.#found.look.highest
  }

  override get told(): Promise<void> | undefined {
    return this.#told
  }

  override check(seq: bigint): boolean {
    return !this.ended && seq === this.#found.seq && this.#found.look.isOpen
  }

  /** Looks again at what was found; {@link mark} is the step that counts. */
  override accept(seq: bigint): boolean {
    return this.check(seq)
  }

  override async mark(seq: bigint): Promise<void> {
    const mark = await this.#steps.mark(this.kid, seq)
    if (mark === 'marked') return
    if (mark === 'refused') throw authenticationFailed()
    this.lose()
    throw new SageError('session_unknown', 'the session has ended')
  }

  override async drawSeq(): Promise<bigint> {
    await this.#told
    const seq = await this.#steps.draw(this.kid)
    if (seq !== undefined) return seq
    this.lose()
    throw new SageError('session_closed', 'the session has ended, or has no record left')
  }

  override seal(plaintext: Uint8Array, callerAad: Uint8Array, drawn?: bigint): Uint8Array {
    if (drawn === undefined) throw new SageError('internal', 'the number of a shared record is drawn before')
    return super.seal(plaintext, callerAad, drawn)
  }

  /** Ends it for everybody. Who has to be sure waits for {@link told}. */
  override end(): void {
    if (this.ended) return
    this.#told = this.#steps.end(this.kid)
    this.#told.catch(() => undefined)
    this.lose()
  }

  /** It has ended, as everybody knows who has to. */
  lose(): void {
    super.end()
  }

  override begin(): void {
    super.begin()
    this.#holds++
  }

  override finish(): void {
    super.finish()
    if (--this.#holds > 0) return
    this.#steps.released(this)
    this.lose()
  }

  override release(): void {
    this.finish()
  }
}
