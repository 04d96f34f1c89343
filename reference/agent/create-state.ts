import { defaultLimits } from '../../schemas/index.js'
import { BoundedReplayStore } from '../handshake/replay-store.js'
import { composeResolver } from '../identity/resolver.js'
import type { SessionLife } from '../session/session-lives.js'
import { SessionSlab } from '../session/session-slab.js'
import { SessionTable } from '../session/session-table.js'
import type { ServeOptions } from './agent.js'
import { undisturbed } from './agent-event.js'
import { randomUint32, systemClock, systemEntropy } from './clock.js'
import { capabilitiesOf } from './capabilities.js'
import { InflationRoom } from './inflation-room.js'
import { LiveSession, type SessionEnd } from './live-session.js'
import type { ResponderSeams, ResponderState } from './responder-state.js'
import { servedStreams } from './served-streams.js'
import { StreamTable } from './stream-table.js'
import { servedTasks } from './tasks.js'

const MAX_SESSIONS = 100_000
const MAX_PROVISIONAL_SESSIONS = 10_000
const MAX_REMEMBERED_NONCES = 250_000
const MESSAGES_INFLATED = 16
const LOOKUP_TIMEOUT_MS = 5_000

/**
 * What a responder has at hand, from what its deployer asks for.
 * @throws SageError `configuration` for a task with a wrong name
 */
export const createState = (
  options: ServeOptions,
  { parts, responderParts, streamParts, guards }: ResponderSeams,
): ResponderState => {
  const { identity, clock = systemClock, entropy = systemEntropy, resolver, admit = () => true } = options
  const capabilities = new Set(capabilitiesOf(options))
  const limits = { ...defaultLimits, ...options.limits }
  const monotonic = (): number => clock.monotonic()
  const refusals = guards.life.map(([, refuse]) => refuse)
  const isOver = (session: SessionLife): boolean => {
    const context = { session, now: monotonic(), limits }
    for (const refuse of refusals) if (refuse(context) !== undefined) return true
    return false
  }
  const slab = new SessionSlab({ maxRecords: BigInt(limits.maxSessionRecords), parts })
  const end: SessionEnd = { role: 'responder', slab, monotonic, entropy, parts }
  const handle = (row: number, kid: string, initDid: string) => new LiveSession(end, row, kid, initDid)
  const caps = {
    inAll: options.caps?.sessions ?? MAX_SESSIONS,
    provisional: options.caps?.provisionalSessions ?? MAX_PROVISIONAL_SESSIONS,
    perDid: limits.maxSessionsPerDid,
  }
  const capacity = options.caps?.nonces ?? MAX_REMEMBERED_NONCES
  return {
    identity,
    limits,
    inflations: new InflationRoom(options.caps?.inflatedBytes ?? MESSAGES_INFLATED * limits.maxMessageBytes),
    parts,
    responderParts,
    streamParts,
    guards,
    capabilities,
    tasks: servedTasks(options.tasks ?? {}, capabilities.has('echo'), responderParts),
    streamTasks: servedStreams(options.streams ?? {}, capabilities.has('echo') ? responderParts.echoStream : undefined),
    streams: new StreamTable(streamParts.keyOf),
    maxStreamBytes: options.caps?.streamBytesPerConnection ?? limits.streamWindow * limits.maxMessageBytes,
    sessions: new SessionTable({ caps, slab, handle, isOver, monotonic, seed: randomUint32(entropy) }),
    replay: new BoundedReplayStore({ capacity, monotonic, key: responderParts.replayKey }),
    resolve: composeResolver(resolver ? [resolver] : [], parts),
    admit,
    lookupTimeoutMs: options.lookupTimeoutMs ?? LOOKUP_TIMEOUT_MS,
    clock,
    entropy,
    log: undisturbed(options.log),
  }
}
