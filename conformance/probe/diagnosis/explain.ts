import { parseBase64, parseBase64url } from '../bytes/base64.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { openAead } from '../crypto/aead.js'
import { isEd25519Signature } from '../crypto/ed25519.js'
import { isEqual } from '../crypto/hash.js'
import { deriveAckTag } from '../handshake/ack-tag.js'
import { deriveAsInitiator } from '../handshake/derivation.js'
import { parseHandshakeResponse, parseResponseData } from '../handshake/response.js'
import { honestSteps } from '../handshake/steps.js'
import type { SentRequest } from '../handshake/verdict.js'
import type { Resolve } from '../identity/resolver.js'
import type { ProbeSession, SessionDraft } from '../initiator/session-draft.js'
import { Refusal } from '../refusal.js'
import { readSeq } from '../session/record.js'
import { parseSessionResponse } from '../wire/session-message.js'
import { handshakeMistakes } from './handshake-mistakes.js'
import { mistakenResponseSealings, type MistakenSealing } from './sealing-mistakes.js'
import { signatureMistakes } from './signature-mistakes.js'

// Says of an answer that was refused which of the mistakes that implementers make would have made it: a help for whoever
// wrote the peer, never a verdict.

/** What finds the step that went wrong where no known mistake fits. */
export const VECTORS_HINT = '`sage-conformance vectors run -- CMD` names the step'

const explainAckTag = (body: Uint8Array, sent: SentRequest): string => {
  const data = parseResponseData(parseHandshakeResponse(body))
  const [ephS, tag] = [parseBase64url(data.ephS), parseBase64url(data.ackTagB64)]
  const found = Object.entries(handshakeMistakes).find(([, mistaken]) => {
    const steps = { ...honestSteps, ...mistaken }
    const derivation = deriveAsInitiator({ ...sent, ephS }, steps)
    return isEqual(deriveAckTag(derivation, sent.nonce, data.kid, steps).ackTag, tag)
  })
  return found ? `the tag is that of: ${found[0]}` : `the tag is not the one computed; ${VECTORS_HINT}`
}

const explainSignature = (body: Uint8Array, sent: SentRequest, resolve: Resolve): string => {
  const data = parseResponseData(parseHandshakeResponse(body))
  const [key, signature] = [resolve(sent.respDid), parseBase64url(data.sigB64)]
  const found = Object.entries(signatureMistakes).filter(([, signed]) => {
    const message = signed(data)
    return isEd25519Signature(key, typeof message === 'string' ? encodeUtf8(message) : message, signature)
  })
  return found.length > 0
    ? `the signature is over: ${found.map(([mistake]) => mistake).join('; or: ')}`
    : "the signature is by another key than the DID's, or over another text"
}

/** What an initiator has at hand when it refuses the answer to a handshake. */
export interface RefusedHandshake {
  readonly sent: SentRequest
  readonly resolve: Resolve
}

/** Why a handshake response, which `refusal` is about, is as it is, if anything is known of it. Never throws. */
export const explainHandshake = (
  refusal: Refusal,
  body: Uint8Array,
  { sent, resolve }: RefusedHandshake,
): string | undefined => {
  if (refusal.rule === 'handshake.response-ack-tag') return explainAckTag(body, sent)
  return refusal.rule === 'handshake.response-signature' ? explainSignature(body, sent, resolve) : undefined
}

/** Does `record` open as a peer that makes the mistake seals it? Never throws. */
const opensWith = (record: Uint8Array, { key, aad }: MistakenSealing): boolean => {
  try {
    openAead(key, record.subarray(8, 20), aad, record.subarray(20))
    return true
  } catch (cause) {
    if (cause instanceof Refusal) return false
    throw cause
  }
}

/** Why the record of a session response, which `refusal` is about, does not open, if that is what is wrong. Never throws. */
export const explainResponse = (
  refusal: Refusal,
  body: Uint8Array,
  session: ProbeSession,
  request: { readonly draft: SessionDraft; readonly record: Uint8Array },
): string | undefined => {
  if (refusal.layer !== 'aead') return undefined
  const response = parseSessionResponse(body)
  const record = parseBase64(response.data)
  const sealings = mistakenResponseSealings(session, readSeq(record), response, request)
  const found = sealings.find(sealing => opensWith(record, sealing))
  return found ? `the record is sealed with: ${found.mistake}` : `it opens with no known mistake; ${VECTORS_HINT}`
}
