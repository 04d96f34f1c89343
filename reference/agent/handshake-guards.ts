import type { LaterGuard } from '../bytes/guard.js'
import { responderGuards, type ResponderContext } from '../handshake/responder-guards.js'
import type { Arrival } from '../transport/exchange.js'
import type { SessionStore } from './session-store.js'

/** What the guards of a handshake see: what the handshake itself needs, and whether there is room. */
export interface HandshakeContext extends ResponderContext {
  readonly sessions: SessionStore
  /** How the message came. No rule depends on it. */
  readonly arrival: Arrival
}

const hasRoom: LaterGuard<HandshakeContext> = [
  'handshake.capacity',
  ({ sessions }) => (sessions.hasRoom() ? undefined : 'unavailable'),
]

// After the signature, so that a stranger does not learn who is busy here; before the nonce is claimed, so that a
// handshake that is turned away has not used it up.
const hasRoomForDid: LaterGuard<HandshakeContext> = [
  'handshake.capacity',
  ({ sessions, did }) => (sessions.hasRoomFor(did) ? undefined : 'unavailable'),
]

const nonceAt = responderGuards.findIndex(([id]) => id === 'handshake.nonce-single-use')

/** What a responder asks of a handshake whose payload has been read, in the order of handshake.md. */
export const handshakeGuards: readonly LaterGuard<HandshakeContext>[] = [
  hasRoom,
  ...responderGuards.slice(0, nonceAt),
  hasRoomForDid,
  ...responderGuards.slice(nonceAt),
]
