import type { Limits, RequirementId, SessionMessage } from '../../schemas/index.js'
import { WINDOW_RECORDS } from '../../schemas/index.js'
import type { Guard } from '../bytes/guard.js'
import { MIN_RECORD_LENGTH } from '../session/record.js'
import type { SessionLife } from '../session/session-lives.js'
import type { Arrival } from '../transport/exchange.js'
import type { LiveSession } from './live-session.js'

/** What the guards of a session message see. */
export interface SessionContext {
  readonly message: SessionMessage
  /** The bytes of its payload. */
  readonly record: Uint8Array
  /** The sequence number that the record claims; 0 where it is too short to claim one. */
  readonly seq: bigint
  /** The live session that its `kid` names. */
  readonly session: LiveSession | undefined
  readonly limits: Limits
  /** Why the window refuses `seq`, at the first look. */
  readonly refusedBy: RequirementId | undefined
  /** How the message came. No rule depends on it. */
  readonly arrival: Arrival
}

const WIDTH = BigInt(WINDOW_RECORDS)

/** The rule by which the window of a session refuses a sequence number, or undefined where it does not. */
export const windowRefusal = (session: LiveSession, seq: bigint, limits: Limits): RequirementId | undefined => {
  if (session.check(seq)) return undefined
  if (seq >= BigInt(limits.maxSessionRecords)) return 'record.seq-limit'
  return seq <= session.highest - WIDTH ? 'record.window' : 'record.replay'
}

const refuseIf = (wrong: boolean): 'authentication_failed' | undefined => (wrong ? 'authentication_failed' : undefined)

const windowGuard = (id: RequirementId): Guard<SessionContext> => [id, ({ refusedBy }) => refuseIf(refusedBy === id)]

/** What a responder asks of a session message before its record is opened, in the order of error.precedence. */
export const sessionGuards: readonly Guard<SessionContext>[] = [
  ['session.unknown', ({ session }) => (session === undefined ? 'session_unknown' : undefined)],
  ['message.did-initiator', ({ session, message }) => refuseIf(message.did !== session?.initDid)],
  ['message.context-handshake', ({ session, message }) => refuseIf(session?.isInContext(message.context_id) !== true)],
  ['record.min-length', ({ record }) => refuseIf(record.length < MIN_RECORD_LENGTH)],
  windowGuard('record.seq-limit'),
  windowGuard('record.window'),
  windowGuard('record.replay'),
]

/** What a responder asks once the record has opened: the second look, which marks the number in the same step. */
export const openedGuards: readonly Guard<SessionContext>[] = [
  [
    'record.once',
    ({ session, seq, refusedBy }) => refuseIf(refusedBy === undefined && session !== undefined && !session.accept(seq)),
  ],
]

/** What the guards of a session's life see. */
export interface LifeContext {
  readonly session: SessionLife
  /** Monotonic milliseconds. */
  readonly now: number
  readonly limits: Limits
}

const refuseWhenOver = (milliseconds: number, seconds: number): 'session_unknown' | undefined =>
  milliseconds >= seconds * 1000 ? 'session_unknown' : undefined

/** What ends a session by itself; asked at every look-up and by the sweep. */
export const lifeGuards: readonly Guard<LifeContext>[] = [
  ['session.age', ({ session, now, limits }) => refuseWhenOver(now - session.createdAt, limits.maxSessionAgeSeconds)],
  ['session.idle', ({ session, now, limits }) => refuseWhenOver(now - session.usedAt, limits.maxSessionIdleSeconds)],
  [
    'handshake.provisional-dropped',
    ({ session, now, limits }) =>
      session.confirmed ? undefined : refuseWhenOver(now - session.createdAt, limits.provisionalSeconds),
  ],
]
