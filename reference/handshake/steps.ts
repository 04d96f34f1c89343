import type { HandshakeResponseData } from '../../schemas/index.js'
import { concat } from '../bytes/concat.js'
import { be32, len16, u8 } from '../bytes/integers.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import type { PrivateKey } from '../crypto/raw-key.js'
import type { HandshakeParts } from './parts.js'

// The steps of handshake.md, "Derivation", one function each, with the names of its formulas.

/** The names and labels of the derivation. */
export interface HandshakeLabels {
  readonly suite: string
  readonly combiner: string
  readonly info: string
  readonly exportCtx: string
  readonly seed: string
  readonly ackKey: string
  readonly ackMsg: string
}

/** The names and labels as the specification has them. */
export const handshakeLabels: HandshakeLabels = {
  suite: 'hpke-base+x25519+hkdf-sha256',
  combiner: 'e2e-x25519-hkdf-v1',
  info: 'sage/hpke-info|v1',
  exportCtx: 'sage/hpke-export|v1',
  seed: 'SAGE-HPKE+E2E-Combiner',
  ackKey: 'SAGE-ack-key-v1',
  ackMsg: 'SAGE-ack-msg|v1|',
}

/** Who shakes hands with whom, under which context id. */
export interface HandshakeParties {
  readonly ctx: string
  readonly initDid: string
  readonly respDid: string
}

/** `info` (handshake.strings). */
export const info = ({ ctx, initDid, respDid }: HandshakeParties, { handshakeLabels: l }: HandshakeParts): string =>
  `${l.info}|suite=${l.suite}|combiner=${l.combiner}|ctx=${ctx}|init=${initDid}|resp=${respDid}`

/** `exportCtx` (handshake.strings). */
export const exportCtx = (ctx: string, { handshakeLabels: l }: HandshakeParts): string =>
  `${l.exportCtx}|suite=${l.suite}|combiner=${l.combiner}|ctx=${ctx}`

/**
 * `ssE2E` (handshake.shared-secret): 32 bytes.
 * @throws SageError `authentication_failed` when it is all zero (handshake.all-zero)
 */
export const ssE2E = (privateKey: PrivateKey, publicKey: Uint8Array, parts: HandshakeParts): Uint8Array =>
  parts.x25519(privateKey, publicKey)

/** `prk` (handshake.seed): 32 bytes. */
export const prk = (exportCtx: string, exporter: Uint8Array, ssE2E: Uint8Array, parts: HandshakeParts): Uint8Array =>
  parts.hkdfExtract(encodeUtf8(exportCtx), concat(exporter, ssE2E))

/** `seed` (handshake.seed): 32 bytes. */
export const seed = (prk: Uint8Array, parts: HandshakeParts): Uint8Array =>
  parts.hkdfExpand(prk, encodeUtf8(parts.handshakeLabels.seed), 32)

/** `ackKey` (handshake.ack-key): 32 bytes. */
export const ackKey = (seed: Uint8Array, parts: HandshakeParts): Uint8Array =>
  parts.hmacSha256(seed, concat(encodeUtf8(parts.handshakeLabels.ackKey), be32(1)))

/** What a handshake has said by the time its tag is made; the keys are the 32 bytes that were received. */
export interface Transcript extends Omit<HandshakeParties, 'ctx'> {
  readonly info: string
  readonly exportCtx: string
  readonly enc: Uint8Array
  readonly ephC: Uint8Array
  readonly ephS: Uint8Array
}

/** `th` (handshake.transcript-hash): 32 bytes. */
export const th = (transcript: Transcript, parts: HandshakeParts): Uint8Array => {
  const { info, exportCtx, enc, ephC, ephS, initDid, respDid } = transcript
  const separated = [info, exportCtx, enc, ephC, ephS, initDid, respDid].flatMap(value => [
    u8(0),
    typeof value === 'string' ? encodeUtf8(value) : value,
  ])
  return parts.sha256(concat(...separated))
}

/** `ackTag` (handshake.ack-tag): 32 bytes. */
export const ackTag = (
  ackKey: Uint8Array,
  {
    ctx,
    nonce,
    kid,
    th,
  }: { readonly ctx: string; readonly nonce: string; readonly kid: string; readonly th: Uint8Array },
  parts: HandshakeParts,
): Uint8Array =>
  parts.hmacSha256(ackKey, concat(encodeUtf8(parts.handshakeLabels.ackMsg), len16(ctx), len16(nonce), len16(kid), th))

/** The twelve members of response data that its signature is over. */
export type SignedFields = Omit<HandshakeResponseData, 'sigB64'>

/** The text that a responder signs (handshake.md, "Response"): the twelve members in exactly this order. */
export const signedText = (fields: SignedFields): string => {
  const { v, task, ctx, kid, ephS, ackTagB64, ts, did, infoHash, exportCtxHash, enc, ephC } = fields
  return JSON.stringify({ v, task, ctx, kid, ephS, ackTagB64, ts, did, infoHash, exportCtxHash, enc, ephC })
}
