import { be32, concat, len16, u8 } from '../bytes/framing.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { hmacSha256, sha256 } from '../crypto/hash.js'
import type { Derivation } from './derivation.js'

/** The part of a derivation that the ack tag is made of. */
export type AckTranscript = Pick<
  Derivation,
  'ctx' | 'initDid' | 'respDid' | 'info' | 'exportCtx' | 'enc' | 'ephC' | 'ephS' | 'seed'
>

/** The ack tag and what it was made with, 32 bytes each. */
export interface AckTag {
  readonly ackKey: Uint8Array
  readonly th: Uint8Array
  readonly ackTag: Uint8Array
}

/** By which a responder proves that it holds the seed, for one nonce and one kid. */
export const deriveAckTag = (transcript: AckTranscript, nonce: string, kid: string): AckTag => {
  const { ctx, initDid, respDid, info, exportCtx, enc, ephC, ephS, seed } = transcript
  const ackKey = hmacSha256(seed, concat(encodeUtf8('SAGE-ack-key-v1'), be32(1)))
  const parts = [info, exportCtx, enc, ephC, ephS, initDid, respDid]
  const th = sha256(concat(...parts.flatMap(part => [u8(0), typeof part === 'string' ? encodeUtf8(part) : part])))
  const message = concat(encodeUtf8('SAGE-ack-msg|v1|'), len16(ctx), len16(nonce), len16(kid), th)
  return { ackKey, th, ackTag: hmacSha256(ackKey, message) }
}
