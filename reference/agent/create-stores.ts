import { BoundedReplayStore } from '../handshake/replay-store.js'
import type { ReplayStore } from '../handshake/responder-guards.js'
import type { SessionLife } from '../session/session-lives.js'
import { SessionSlab } from '../session/session-slab.js'
import type { ServeOptions } from './agent.js'
import { randomUint32 } from './clock.js'
import { LiveSession, type SessionEnd } from './live-session.js'
import { LocalSessions } from './local-sessions.js'
import type { ResponderSeams, ResponderState } from './responder-state.js'
import type { SessionStore } from './session-store.js'
import { SharedSessions } from './shared-sessions.js'

const MAX_SESSIONS = 100_000
const MAX_PROVISIONAL_SESSIONS = 10_000
const MAX_REMEMBERED_NONCES = 250_000

interface Stores {
  readonly sessions: SessionStore
  readonly replay: ReplayStore
}

/** Where sessions and nonces are: in this process, unless the deployer shares them. */
export const createStores = (
  options: ServeOptions,
  { parts, responderParts, guards }: ResponderSeams,
  { limits, clock, entropy, log }: Pick<ResponderState, 'limits' | 'clock' | 'entropy' | 'log'>,
): Stores => {
  const monotonic = (): number => clock.monotonic()
  const slab = new SessionSlab({ maxRecords: BigInt(limits.maxSessionRecords), parts })
  const end: SessionEnd = { role: 'responder', slab, monotonic, entropy, parts }
  const caps = {
    inAll: options.caps?.sessions ?? MAX_SESSIONS,
    provisional: options.caps?.provisionalSessions ?? MAX_PROVISIONAL_SESSIONS,
    perDid: limits.maxSessionsPerDid,
  }
  const nonces = options.caps?.nonces ?? MAX_REMEMBERED_NONCES
  const { did } = options.identity
  if (options.shared !== undefined) {
    const shared = new SharedSessions({
      ...options.shared,
      did,
      caps,
      nonces,
      limits,
      end,
      key: responderParts.replayKey,
      log,
    })
    return { sessions: shared, replay: shared }
  }
  const refusals = guards.life.map(([, refuse]) => refuse)
  const isOver = (session: SessionLife): boolean => {
    const context = { session, now: monotonic(), limits }
    for (const refuse of refusals) if (refuse(context) !== undefined) return true
    return false
  }
  const handle = (row: number, kid: string, initDid: string) => new LiveSession(end, row, kid, initDid)
  return {
    sessions: new LocalSessions({ caps, slab, handle, isOver, monotonic, seed: randomUint32(entropy) }),
    replay: new BoundedReplayStore({ capacity: nonces, monotonic, key: responderParts.replayKey }),
  }
}
