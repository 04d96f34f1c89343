import { enforce } from '../bytes/guard.js'
import { isSageError, SageError } from '../bytes/sage-error.js'
import { erase } from '../crypto/erase.js'
import { agree, deriveAckTag, eraseSteps } from './derivation.js'
import { confirmationGuards, initiatorGuards } from './initiator-guards.js'
import { handshakeParts, type HandshakeParts } from './parts.js'
import { erasePending, type PendingHandshake } from './request.js'
import { parseResponseData } from './response.js'

/** The answer to a handshake message, its base64 undone, and what the initiator knows when it judges it. */
export interface VerifyResponseInput {
  /** `message_id` of the response. */
  readonly messageId: string
  readonly dataBytes: Uint8Array
  /** Erased here, whatever the outcome: a handshake has one answer. */
  readonly pending: PendingHandshake
  /** The key resolved for `respDid` (32 bytes), undefined when it does not resolve. */
  readonly responderKey: Uint8Array | undefined
  /** Nanoseconds since 1970. */
  readonly now: bigint
}

/** What a handshake comes to: the name that the responder gave the session, and 32 bytes that both sides have. */
export interface VerifiedResponse {
  readonly kid: string
  readonly seed: Uint8Array
}

/** The two lists of rules that an initiator applies. */
export const responseGuards = { before: initiatorGuards, after: confirmationGuards } as const

/** Shape of {@link responseGuards}. */
export interface ResponseGuards {
  /** Before anything is computed from the answer. */
  readonly before: typeof initiatorGuards
  /** Once both sides ought to have the same seed. */
  readonly after: typeof confirmationGuards
}

const verify = (input: VerifyResponseInput, parts: HandshakeParts, guards: ResponseGuards): VerifiedResponse => {
  const { messageId, dataBytes, pending, responderKey, now } = input
  const received = parseResponseData(dataBytes, parts)
  const context = { messageId, received, pending, now, parts }
  enforce(guards.before, context)
  const { kid } = received.data
  const agreement = agree({ ...pending, privateKey: pending.ephCPrivateKey, publicKey: received.ephS }, parts)
  const { seed } = agreement
  const { ackKey, ackTag } = deriveAckTag({ ...pending, ephS: received.ephS, seed, kid }, parts)
  eraseSteps(agreement)
  erase(ackKey)
  try {
    enforce(guards.after, { ...context, ackTag, responderKey })
  } catch (error) {
    erase(seed)
    throw error
  }
  return { kid, seed }
}

/**
 * Judges the answer to a handshake by the rules of handshake.md, "What the initiator refuses".
 * @throws SageError `peer_rejected`, whatever was wrong
 */
export const verifyResponse = (
  input: VerifyResponseInput,
  parts: HandshakeParts = handshakeParts,
  guards: ResponseGuards = responseGuards,
): VerifiedResponse => {
  try {
    return verify(input, parts, guards)
  } catch (cause) {
    if (!isSageError(cause)) throw cause
    throw new SageError('peer_rejected', "the responder's answer to the handshake is not acceptable", { cause })
  } finally {
    erasePending(input.pending)
  }
}
