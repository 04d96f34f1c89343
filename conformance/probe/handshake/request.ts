import { HANDSHAKE_TASK, HandshakeMessage, HandshakePayload, MAX_SKEW_SECONDS } from '../../../schemas/index.js'
import { encodeBase64, encodeBase64url, parseBase64, parseBase64url } from '../bytes/base64.js'
import { parseJsonObject } from '../bytes/json.js'
import { encodeTime, parseTime, SECOND } from '../bytes/time.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { isEd25519Signature, signEd25519 } from '../crypto/ed25519.js'
import { isLowOrder } from '../crypto/x25519.js'
import type { Resolve } from '../identity/resolver.js'
import { Refusal, type Layer } from '../refusal.js'
import { parserOf } from '../wire/shape.js'
import { deriveOffer, type InitiatorKeys } from './derivation.js'
import { exportCtxOf, infoOf, type Parties } from './strings.js'

/** What a handshake request is drafted from; `ts` in nanoseconds from the Unix epoch. */
export interface RequestFacts extends Parties, Pick<InitiatorKeys, 'ikmE' | 'ephCPrivateKey' | 'write'> {
  readonly nonce: string
  readonly ts: bigint
}

/** The payload of an honest request, in the member order of the deployed core. A forger spreads it and overrides. */
export const draftPayload = (facts: RequestFacts): HandshakePayload => {
  const { enc, ephC } = deriveOffer(facts)
  return {
    enc: encodeBase64url(enc),
    ephC: encodeBase64url(ephC),
    exportCtx: exportCtxOf(facts.ctx),
    info: infoOf(facts),
    initDid: facts.initDid,
    nonce: facts.nonce,
    respDid: facts.respDid,
    ts: encodeTime(facts.ts),
  }
}

/**
 * The handshake message around a payload text, whatever the text says: `signature` is over exactly its UTF-8 bytes, by
 * a private key of 32 bytes.
 */
export const signRequest = (
  envelope: { readonly id: string; readonly context_id: string; readonly did: string },
  payload: string,
  privateKey: Uint8Array,
): HandshakeMessage => ({
  id: envelope.id,
  context_id: envelope.context_id,
  task_id: HANDSHAKE_TASK,
  payload: encodeBase64(encodeUtf8(payload)),
  did: envelope.did,
  signature: encodeBase64(signEd25519(privateKey, encodeUtf8(payload))),
  role: 'user',
})

/** The rules of a responder after the schema and the resolution of the DID, in the order in which they decide. */
export type RequestRule =
  | 'handshake.signature'
  | 'handshake.did-match'
  | 'handshake.resp-did'
  | 'handshake.ts-fresh'
  | 'handshake.info-match'
  | 'handshake.export-ctx-match'
  | 'handshake.nonce-single-use'
  | 'handshake.low-order'

/** What a responder knows beside the message. */
export interface RequestReader {
  readonly respDid: string
  /** Nanoseconds from the Unix epoch. */
  readonly now: bigint
  readonly resolve: Resolve
  /** Remembers the pair and says whether it is new: an atomic test-and-set. Without it no replay is seen. */
  readonly isNewNonce?: ((initDid: string, nonce: string) => boolean) | undefined
}

/** A handshake request that broke no rule. */
export interface OpenedRequest extends Parties {
  readonly id: string
  readonly nonce: string
  /** Nanoseconds from the Unix epoch. */
  readonly ts: bigint
  readonly enc: Uint8Array
  readonly ephC: Uint8Array
}

const parseMessage = parserOf<HandshakeMessage>(HandshakeMessage)
const parsePayload = parserOf<HandshakePayload>(HandshakePayload)

/**
 * A handshake message from its JSON text: closed, canonical, its payload and signature still to be judged.
 * @throws Refusal `encoding` or `schema`
 */
export const parseHandshakeMessage = (text: Uint8Array | string): HandshakeMessage =>
  parseMessage(parseJsonObject(text))

/**
 * The payload of a handshake message from its bytes.
 * @throws Refusal `encoding` or `schema`
 */
export const parseHandshakePayload = (bytes: Uint8Array): HandshakePayload => {
  const payload = parsePayload(parseJsonObject(bytes))
  parseTime(payload.ts)
  return payload
}

/** Is `ts` within the skew that handshakes allow, borders included? Nanoseconds both. Never throws. */
export const isTimely = (ts: bigint, now: bigint): boolean => {
  const skew = BigInt(MAX_SKEW_SECONDS) * SECOND
  return ts - now <= skew && now - ts <= skew
}

/**
 * The responder's judgement of a handshake message, in the protocol's order.
 * @throws Refusal `encoding` or `schema` (`malformed` on the wire, save for `handshake.task`); else with a {@link RequestRule} as its rule, all of
 *   them `authentication_failed`, or with what `resolve` said
 */
export const openRequest = (text: Uint8Array | string, reader: RequestReader): OpenedRequest => {
  const message = parseHandshakeMessage(text)
  if (message.task_id !== HANDSHAKE_TASK) throw new Refusal('schema', 'handshake.task')
  const bytes = parseBase64(message.payload)
  const signature = parseBase64(message.signature)
  const payload = parseHandshakePayload(bytes)
  const parties: Parties = { ctx: message.context_id, initDid: payload.initDid, respDid: payload.respDid }
  const [enc, ephC] = [parseBase64url(payload.enc), parseBase64url(payload.ephC)]

  const require = (holds: boolean, layer: Layer, rule: RequestRule): void => {
    if (!holds) throw new Refusal(layer, rule)
  }
  const key = reader.resolve(message.did)
  require(isEd25519Signature(key, bytes, signature), 'signature', 'handshake.signature')
  require(message.did === payload.initDid, 'identity', 'handshake.did-match')
  require(payload.respDid === reader.respDid, 'identity', 'handshake.resp-did')
  require(isTimely(parseTime(payload.ts), reader.now), 'freshness', 'handshake.ts-fresh')
  require(payload.info === infoOf(parties), 'transcript', 'handshake.info-match')
  require(payload.exportCtx === exportCtxOf(parties.ctx), 'transcript', 'handshake.export-ctx-match')
  require(reader.isNewNonce?.(payload.initDid, payload.nonce) ?? true, 'freshness', 'handshake.nonce-single-use')
  require(!isLowOrder(enc) && !isLowOrder(ephC), 'agreement', 'handshake.low-order')
  return { ...parties, id: message.id, nonce: payload.nonce, ts: parseTime(payload.ts), enc, ephC }
}
