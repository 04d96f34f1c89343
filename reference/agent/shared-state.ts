import type { SessionCaps } from '../session/session-table.js'
import type { Claim } from '../handshake/responder-guards.js'

/** By what sessions and nonces are shared: what every process of a responder has alike. Times are milliseconds. */
export interface SharedRules {
  /** Of the responder. What is shared under one DID is nobody else's. */
  readonly did: string
  readonly caps: SessionCaps
  /** Handshakes remembered at most. */
  readonly nonces: number
  /** For how long each of them is. */
  readonly nonceMs: number
  readonly ageMs: number
  readonly idleMs: number
  readonly provisionalMs: number
  /** `maxSessionRecords`; at most 2^32 */
  readonly maxRecords: number
  /** For how long no handshake is accepted after nonces may have been lost. */
  readonly quarantineMs: number
}

/** A session as it is shared: what names it or opens it is sealed. */
export interface SharedEntry {
  readonly kid: string
  /** Stands for the DID of its initiator: a digest. */
  readonly initiator: string
  /** A text. */
  readonly sealed: string
}

/** What a look at a shared session finds. */
export interface SharedLook {
  readonly sealed: string
  /** H, the highest number that was accepted; -1 where there is none. */
  readonly highest: bigint
  /** May the number that was asked for be accepted still? */
  readonly isOpen: boolean
}

/** What is told from time to time. */
export interface SharedBeat {
  /** Is it over how long no handshake is accepted? */
  readonly isSettled: boolean
  readonly live: number
  readonly provisional: number
  /** Those of the sessions that were asked about that are not alive. */
  readonly gone: readonly string[]
}

/**
 * What several processes of one responder share. Each call is one step for all of them, by one clock that never goes back,
 * and rejects where nobody can tell whether the step was made. A session that is over is no session in any of them.
 */
export interface SharedState {
  /** Ends what is over, and tells how things are. */
  beat(kids: readonly string[]): Promise<SharedBeat>
  /**
   * Claims the nonce of a handshake where there is room for its session (handshake.nonce-atomic, handshake.capacity).
   * @param nonce stands for the (`initDid`, `nonce`) pair: a digest
   */
  claim(nonce: string, initiator: string): Promise<Claim>
  /** Takes a session in, where there is room. */
  add(entry: SharedEntry): Promise<'added' | 'taken' | 'full'>
  /** Looks at a session and at one number, below 2^32, of its window. */
  look(kid: string, seq: bigint): Promise<SharedLook | undefined>
  /** Looks at the window again, marks the number, confirms the session and starts its idle time anew (record.once). */
  mark(kid: string, seq: bigint): Promise<'marked' | 'refused' | 'gone'>
  /**
   * Draws the number of the responder's next record; from a session that has ended too, as long as a request may be under
   * way in it. Undefined where there is none: the session is over, with its last number if need be (record.sender-exhausted).
   */
  draw(kid: string): Promise<bigint | undefined>
  /** Ends a session, and erases its keys. */
  end(kid: string): Promise<void>
}
