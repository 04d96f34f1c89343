import { HANDSHAKE_TASK } from '../../schemas/index.js'
import type { Guard } from '../bytes/guard.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { isFresh } from './freshness.js'
import type { HandshakeParts } from './parts.js'
import type { PendingHandshake } from './request.js'
import { RESPONSE_VERSION, type ParsedResponseData } from './response.js'

/** What an initiator looks at before it uses the answer's key. Times are nanoseconds since 1970. */
export interface InitiatorContext {
  /** `message_id` of the response. */
  readonly messageId: string
  readonly received: ParsedResponseData
  readonly pending: PendingHandshake
  readonly now: bigint
  readonly parts: HandshakeParts
}

/** What an initiator looks at once it has a seed. */
export interface ConfirmationContext extends InitiatorContext {
  /** As this initiator computes it. */
  readonly ackTag: Uint8Array
  /** The key resolved for `respDid` (32 bytes), undefined when it does not resolve. */
  readonly responderKey: Uint8Array | undefined
}

const rejectIf = (wrong: boolean): 'peer_rejected' | undefined => (wrong ? 'peer_rejected' : undefined)

/** What an initiator rejects in an answer, in the order of handshake.md, before it computes anything from it. */
export const initiatorGuards: readonly Guard<InitiatorContext, 'peer_rejected'>[] = [
  ['handshake.response-message', ({ messageId, pending }) => rejectIf(messageId !== pending.id)],
  [
    'handshake.response-version',
    ({ received: { data } }) => rejectIf(data.v !== RESPONSE_VERSION || data.task !== HANDSHAKE_TASK),
  ],
  [
    'handshake.response-echo',
    ({ received, pending, parts }) =>
      rejectIf(
        received.data.ctx !== pending.ctx ||
          !parts.equal(received.enc, pending.enc) ||
          !parts.equal(received.ephC, pending.ephC),
      ),
  ],
  ['handshake.response-did', ({ received, pending }) => rejectIf(received.data.did !== pending.respDid)],
  [
    'handshake.response-hashes',
    ({ received, pending, parts }) =>
      rejectIf(
        !parts.equal(received.infoHash, parts.sha256(encodeUtf8(pending.info))) ||
          !parts.equal(received.exportCtxHash, parts.sha256(encodeUtf8(pending.exportCtx))),
      ),
  ],
  ['handshake.response-ts', ({ received, now }) => rejectIf(!isFresh(received.ts, now))],
  ['handshake.response-low-order', ({ received, parts }) => rejectIf(parts.isSmallOrderX25519(received.ephS))],
]

/** What an initiator rejects once both sides ought to have the same seed. */
export const confirmationGuards: readonly Guard<ConfirmationContext, 'peer_rejected'>[] = [
  ['handshake.response-ack-tag', ({ received, ackTag, parts }) => rejectIf(!parts.equal(received.ackTag, ackTag))],
  [
    'handshake.response-signature',
    ({ received, responderKey, parts }) =>
      rejectIf(
        !responderKey ||
          !parts.isEd25519Signature(responderKey, encodeUtf8(parts.signedText(received.data)), received.signature),
      ),
  ],
]
