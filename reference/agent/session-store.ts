import type { Later } from '../bytes/guard.js'
import type { WriteKeys } from '../session/session-slab.js'
import type { SessionNames } from '../session/session-table.js'
import type { LiveSession } from './live-session.js'
import type { Sweepable } from './sweeper.js'

/** How many sessions are held. Each is one or the other. */
export interface SessionCount {
  readonly live: number
  readonly provisional: number
}

/**
 * Where the sessions of a responder are: in this process ({@link LocalSessions}), or shared with others
 * ({@link SharedSessions}). What is asked of a session itself is asked of its handle.
 *
 * A store of this process gives values, so that what a responder does between one question and the next stays one step. A
 * shared one gives promises, and makes each of its own answers one step for everybody.
 */
export interface SessionStore extends Sweepable {
  /** Makes ready what there is to be made ready. Does not reject. */
  start(): Later<void>
  /** May it be used? Until then a responder is not ready (health.probe-ready). */
  isReady(): boolean
  /** Is there room for one more session, as far as this process knows (handshake.capacity)? */
  hasRoom(): boolean
  /** As {@link hasRoom}, for one more of this initiator. */
  hasRoomFor(initDid: string): boolean
  /** Has a live session this name, as far as this process knows (handshake.kid-unique)? */
  has(kid: string): boolean
  /**
   * Takes a new session in.
   * @param writeKeys puts the two keys of the session where they are to be
   * @throws SageError `unavailable` where there turns out to be no room, `internal` where the name turns out to be taken
   */
  add(names: SessionNames, writeKeys: WriteKeys): LiveSession | Promise<void>
  /**
   * The live session that `kid` names, for a message with this record, of which nothing is known yet. Whoever has it
   * releases it.
   * @throws SageError `unavailable` where nobody can tell
   */
  find(kid: string, record: Uint8Array): Later<LiveSession | undefined>
  count(): Later<SessionCount>
  /** Forgets what this process holds of sessions, and has no room from now on. */
  close(): void
}
