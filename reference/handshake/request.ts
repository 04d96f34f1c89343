import { HANDSHAKE_TASK, HandshakePayload, type HandshakeMessage } from '../../schemas/index.js'
import { encodeBase64, encodeBase64Url } from '../bytes/base64.js'
import { schemaParser } from '../bytes/schema.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { erase } from '../crypto/erase.js'
import type { PrivateKey } from '../crypto/raw-key.js'
import { deriveOffer, type InitiatorInput, type Offer } from './derivation.js'
import { handshakeParts, type HandshakeParts } from './parts.js'
import type { HandshakeParties } from './steps.js'

/** Everything that an initiator's request is made of; nothing is drawn or read from a clock here. */
export interface RequestInput extends InitiatorInput {
  /** Message id: a token. */
  readonly id: string
  /** A token that this initiator never used before. */
  readonly nonce: string
  /** The time of the request, as it is to be written. */
  readonly ts: string
  /** The initiator's signing key: the 32-byte seed, or imported. */
  readonly signingKey: PrivateKey
}

/** What an initiator keeps until the answer. Holds secrets: pass it to `verifyResponse` or {@link erasePending}. */
export interface PendingHandshake extends HandshakeParties, Offer {
  readonly id: string
  readonly nonce: string
  readonly ephCPrivateKey: Uint8Array
}

/** The payload's JSON text. Its order of members is that of the deployed core, whose recording it reproduces. */
export const encodePayload = (payload: HandshakePayload): string => {
  const { enc, ephC, exportCtx, info, initDid, nonce, respDid, ts } = payload
  return JSON.stringify({ enc, ephC, exportCtx, info, initDid, nonce, respDid, ts })
}

/** Signature (64 bytes) over the bytes of a payload. `signingKey` is the 32-byte seed, or imported. */
export const signPayload = (
  signingKey: PrivateKey,
  payload: Uint8Array,
  parts: HandshakeParts = handshakeParts,
): Uint8Array => parts.signEd25519(signingKey, payload)

/**
 * The initiator's message, and what it must remember. The members of the message stand in the order in which the
 * deployed core writes them.
 * @throws SageError `authentication_failed` when the responder's KEM key is of small order
 */
export const createRequest = (
  input: RequestInput,
  parts: HandshakeParts = handshakeParts,
): { readonly message: HandshakeMessage; readonly pending: PendingHandshake } => {
  const { id, ctx, initDid, respDid, nonce, ts, signingKey, ephCPrivateKey } = input
  const offer = deriveOffer(input, parts)
  const { exportCtx, info } = offer
  const [enc, ephC] = [encodeBase64Url(offer.enc), encodeBase64Url(offer.ephC)]
  const payload = encodeUtf8(encodePayload({ enc, ephC, exportCtx, info, initDid, nonce, respDid, ts }))
  const message: HandshakeMessage = {
    id,
    context_id: ctx,
    task_id: HANDSHAKE_TASK,
    payload: encodeBase64(payload),
    did: initDid,
    signature: encodeBase64(signPayload(signingKey, payload, parts)),
    role: 'user',
  }
  return { message, pending: { id, ctx, initDid, respDid, nonce, ephCPrivateKey, ...offer } }
}

/** Ends a handshake that will have no answer, or has had it. */
export const erasePending = ({ exporter, ephCPrivateKey }: PendingHandshake): void => erase(exporter, ephCPrivateKey)

/** A payload with its values decoded. */
export interface ParsedPayload extends Omit<HandshakePayload, 'enc' | 'ephC' | 'ts'> {
  /** 32 bytes, as received. */
  readonly enc: Uint8Array
  /** 32 bytes, as received. */
  readonly ephC: Uint8Array
  /** Nanoseconds since 1970. */
  readonly ts: bigint
}

const parseSchema = schemaParser(HandshakePayload, 'handshake payload')

/**
 * A payload from its bytes (handshake.request-schema).
 * @throws SageError `malformed`
 */
export const parsePayload = (bytes: Uint8Array, parts: HandshakeParts = handshakeParts): ParsedPayload => {
  const payload = parseSchema(parts.parseJson(bytes))
  return {
    ...payload,
    enc: parts.parseBase64Url(payload.enc, 32),
    ephC: parts.parseBase64Url(payload.ephC, 32),
    ts: parts.parseTime(payload.ts),
  }
}
