import { HANDSHAKE_TASK } from '../../schemas/index.js'
import type { Guard, Later, LaterGuard } from '../bytes/guard.js'
import type { WireErrorCode } from '../bytes/sage-error.js'
import { isFresh } from './freshness.js'
import type { HandshakeParts } from './parts.js'
import type { ParsedPayload } from './request.js'

/** What comes of the claim of a nonce. */
export type Claim = 'fresh' | 'seen' | 'full'

/** Remembers the nonces of accepted handshakes. */
export interface ReplayStore {
  /**
   * Claims an (`initDid`, `nonce`) pair in one atomic step: `fresh` the first time in 600 seconds, and then remembered;
   * `seen` after that; `full` when nothing more can be remembered without forgetting.
   */
  claim(initDid: string, nonce: string): Later<Claim>
}

/** Before the payload is read. */
export const taskGuards: readonly Guard<{ readonly taskId: string }>[] = [
  ['handshake.task', ({ taskId }) => (taskId === HANDSHAKE_TASK ? undefined : 'task_unsupported')],
]

/** What a responder looks at when it judges a request. Times are nanoseconds since 1970. */
export interface ResponderContext {
  /** `did` of the message. */
  readonly did: string
  /** The payload, as received and read. */
  readonly payloadBytes: Uint8Array
  readonly payload: ParsedPayload
  /** 64 bytes. */
  readonly signature: Uint8Array
  /** The key resolved for `did` (32 bytes), undefined when it does not resolve. */
  readonly initiatorKey: Uint8Array | undefined
  /** May this initiator talk to this responder? */
  readonly admitted: boolean
  readonly ownDid: string
  readonly now: bigint
  /** As this responder computes them. */
  readonly info: string
  readonly exportCtx: string
  readonly replay: ReplayStore
  readonly parts: HandshakeParts
}

const failIf = (wrong: boolean): WireErrorCode | undefined => (wrong ? 'authentication_failed' : undefined)

const nonceErrors = { fresh: undefined, seen: 'authentication_failed', full: 'unavailable' } as const

const refusalOf = (claim: Claim): WireErrorCode | undefined => nonceErrors[claim]

/** What a responder rejects, in the order of handshake.md; the schema comes before, Diffie-Hellman after. */
export const responderGuards: readonly LaterGuard<ResponderContext>[] = [
  ['handshake.did-resolves', ({ initiatorKey, admitted }) => failIf(initiatorKey === undefined || !admitted)],
  [
    'handshake.signature',
    ({ initiatorKey, payloadBytes, signature, parts }) =>
      failIf(initiatorKey !== undefined && !parts.isEd25519Signature(initiatorKey, payloadBytes, signature)),
  ],
  ['handshake.did-match', ({ payload, did }) => failIf(payload.initDid !== did)],
  ['handshake.resp-did', ({ payload, ownDid }) => failIf(payload.respDid !== ownDid)],
  ['handshake.ts-fresh', ({ payload, now }) => failIf(!isFresh(payload.ts, now))],
  ['handshake.info-match', ({ payload, info }) => failIf(payload.info !== info)],
  ['handshake.export-ctx-match', ({ payload, exportCtx }) => failIf(payload.exportCtx !== exportCtx)],
  // The one guard that leaves something behind: looking and claiming must be one step (handshake.nonce-atomic).
  [
    'handshake.nonce-single-use',
    ({ payload, replay }) => {
      const claim = replay.claim(payload.initDid, payload.nonce)
      return claim instanceof Promise ? claim.then(refusalOf) : refusalOf(claim)
    },
  ],
  [
    'handshake.low-order',
    ({ payload, parts }) => failIf(parts.isSmallOrderX25519(payload.enc) || parts.isSmallOrderX25519(payload.ephC)),
  ],
]
