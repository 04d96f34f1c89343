import { be32, concat, len16, u8 } from '../bytes/framing.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { hmacSha256, sha256 } from '../crypto/hash.js'
import { hkdfExpand, hkdfExtract } from '../crypto/hkdf.js'
import type { ExportContext } from '../crypto/hpke.js'
import { exportCtxOf, infoOf, type Parties } from './strings.js'

/** What the hash of a handshake is over: texts, and public keys of 32 bytes. */
export interface HashedTranscript extends Pick<Parties, 'initDid' | 'respDid'> {
  readonly info: string
  readonly exportCtx: string
  readonly enc: Uint8Array
  readonly ephC: Uint8Array
  readonly ephS: Uint8Array
}

/** What an ack tag is over; `th` is 32 bytes. */
export interface Acknowledged {
  readonly ctx: string
  readonly nonce: string
  readonly kid: string
  readonly th: Uint8Array
}

/** The derivations of a handshake, one by one, so that each can be made in a mistaken way. Every result is 32 bytes. */
export interface HandshakeSteps {
  readonly info: (parties: Parties) => string
  readonly exportCtx: (ctx: string) => string
  /** What HPKE is asked with. */
  readonly hpke: (info: string, exportCtx: string) => ExportContext
  readonly prk: (exportCtx: string, exporter: Uint8Array, ssE2E: Uint8Array) => Uint8Array
  readonly seed: (prk: Uint8Array) => Uint8Array
  readonly ackKey: (seed: Uint8Array) => Uint8Array
  readonly th: (transcript: HashedTranscript) => Uint8Array
  readonly ackTag: (ackKey: Uint8Array, acknowledged: Acknowledged) => Uint8Array
}

/** The members of the hash of a handshake, in their order, as bytes. */
export const hashedParts = ({ info, exportCtx, enc, ephC, ephS, initDid, respDid }: HashedTranscript): Uint8Array[] => [
  encodeUtf8(info),
  encodeUtf8(exportCtx),
  enc,
  ephC,
  ephS,
  encodeUtf8(initDid),
  encodeUtf8(respDid),
]

/** The steps of the protocol. */
export const honestSteps: HandshakeSteps = {
  info: infoOf,
  exportCtx: exportCtxOf,
  hpke: (info, exportCtx) => ({ info: encodeUtf8(info), exporterContext: encodeUtf8(exportCtx), length: 32 }),
  prk: (exportCtx, exporter, ssE2E) => hkdfExtract(encodeUtf8(exportCtx), concat(exporter, ssE2E)),
  seed: prk => hkdfExpand(prk, encodeUtf8('SAGE-HPKE+E2E-Combiner'), 32),
  ackKey: seed => hmacSha256(seed, concat(encodeUtf8('SAGE-ack-key-v1'), be32(1))),
  th: transcript => sha256(concat(...hashedParts(transcript).flatMap(part => [u8(0), part]))),
  ackTag: (ackKey, { ctx, nonce, kid, th }) =>
    hmacSha256(ackKey, concat(encodeUtf8('SAGE-ack-msg|v1|'), len16(ctx), len16(nonce), len16(kid), th)),
}
