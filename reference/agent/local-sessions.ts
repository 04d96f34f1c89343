import { SessionTable } from '../session/session-table.js'
import type { LiveSession } from './live-session.js'
import type { SessionStore } from './session-store.js'

/** The sessions of a responder that is one process. Every answer is a value. */
export class LocalSessions extends SessionTable<LiveSession> implements SessionStore {
  start(): void {
    // A table is ready as it is.
  }

  isReady(): boolean {
    return true
  }

  has(kid: string): boolean {
    return this.find(kid) !== undefined
  }
}
