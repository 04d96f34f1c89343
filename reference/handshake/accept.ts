import type { HandshakeResponse } from '../../schemas/index.js'
import { enforce, enforceInTurn } from '../bytes/guard.js'
import { SageError } from '../bytes/sage-error.js'
import { erase } from '../crypto/erase.js'
import type { PrivateKey } from '../crypto/raw-key.js'
import type { KeyPair } from '../crypto/x25519.js'
import { deriveAckTag, deriveResponder, eraseSteps } from './derivation.js'
import { handshakeParts, type HandshakeParts } from './parts.js'
import { parsePayload, type ParsedPayload } from './request.js'
import { responderGuards, taskGuards, type ResponderContext } from './responder-guards.js'
import { encodeResponse, signResponse } from './response.js'
import type { HandshakeParties } from './steps.js'

/** A handshake message, its base64 undone. Every member is what the peer says and no more. */
export interface ReceivedRequest {
  readonly id: string
  readonly contextId: string
  readonly taskId: string
  readonly did: string
  readonly payloadBytes: Uint8Array
  /** 64 bytes. */
  readonly signature: Uint8Array
}

/** What a responder knows when it judges a request. */
export type ResponderKnowledge = Pick<ResponderContext, 'initiatorKey' | 'admitted' | 'ownDid' | 'now' | 'replay'>

/**
 * Reads the payload of a request that arrived: the steps that need no key.
 * @throws SageError `task_unsupported` (handshake.task), `malformed` (handshake.request-schema)
 */
export const readRequest = (
  request: ReceivedRequest,
  parts: HandshakeParts = handshakeParts,
  guards = taskGuards,
): ParsedPayload => {
  enforce(guards, request)
  return parsePayload(request.payloadBytes, parts)
}

/** Who shakes hands, by the payload's own claims: that they are true is for the guards to see, each by itself. */
const partiesOf = ({ contextId }: ReceivedRequest, { initDid, respDid }: ParsedPayload): HandshakeParties => ({
  ctx: contextId,
  initDid,
  respDid,
})

/** The strings that a request has to carry (handshake.info-match, handshake.export-ctx-match). */
export const recompute = (
  request: ReceivedRequest,
  payload: ParsedPayload,
  parts: HandshakeParts = handshakeParts,
): Pick<ResponderContext, 'info' | 'exportCtx'> => ({
  info: parts.info(partiesOf(request, payload), parts),
  exportCtx: parts.exportCtx(request.contextId, parts),
})

/**
 * Judges a request whose payload has been read, in the order of handshake.md, by a replay store that answers at once.
 * @throws SageError `authentication_failed`, and `unavailable` when no more nonces can be remembered
 */
export const judgeRequest = (
  request: ReceivedRequest,
  payload: ParsedPayload,
  knowledge: ResponderKnowledge,
  parts: HandshakeParts = handshakeParts,
  guards = responderGuards,
): void => {
  const { did, payloadBytes, signature } = request
  const context = { ...knowledge, ...recompute(request, payload, parts), did, payloadBytes, payload, signature, parts }
  if (enforceInTurn(guards, context) !== undefined) throw new SageError('internal', 'the replay store did not answer')
}

/** What a responder answers with; nothing is drawn or read from a clock here. */
export interface AnswerInput {
  readonly ownDid: string
  readonly kemKeyPair: KeyPair
  /** The responder's signing key: the 32-byte seed, or imported. */
  readonly signingKey: PrivateKey
  /** 32 random bytes; erased here. */
  readonly ephSPrivateKey: Uint8Array
  /** A token that no live session of this responder has. */
  readonly kid: string
  /** The time of the answer, as it is to be written. */
  readonly ts: string
}

/** What a responder has after a handshake: the answer, and the seed (32 bytes) of the session. */
export interface Answer {
  readonly response: HandshakeResponse
  readonly seed: Uint8Array
}

/**
 * Answers a request that has been judged.
 * @throws SageError `authentication_failed` when an exchange gives all zeros (handshake.all-zero)
 */
export const answerRequest = (
  request: ReceivedRequest,
  payload: ParsedPayload,
  input: AnswerInput,
  parts: HandshakeParts = handshakeParts,
): Answer => {
  try {
    return answer(request, payload, input, parts)
  } finally {
    erase(input.ephSPrivateKey)
  }
}

const answer = (
  request: ReceivedRequest,
  payload: ParsedPayload,
  { ownDid, kemKeyPair, signingKey, ephSPrivateKey, kid, ts }: AnswerInput,
  parts: HandshakeParts,
): Answer => {
  const { enc, ephC, nonce } = payload
  const parties = partiesOf(request, payload)
  const derived = deriveResponder({ ...parties, kemKeyPair, enc, ephC, ephSPrivateKey }, parts)
  const { info, exportCtx, ephS, seed } = derived
  const transcript = { ...parties, info, exportCtx, enc, ephC, ephS }
  const { ackKey, ackTag } = deriveAckTag({ ...transcript, seed, nonce, kid }, parts)
  eraseSteps(derived)
  erase(ackKey)
  const { data } = signResponse({ ...transcript, respDid: ownDid, signingKey, kid, ackTag, ts }, parts)
  return { response: encodeResponse(request.id, data), seed }
}
