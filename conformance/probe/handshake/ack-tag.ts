import type { Derivation } from './derivation.js'
import { honestSteps } from './steps.js'

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

/**
 * By which a responder proves that it holds the seed, for one nonce and one kid; by the `steps` of the protocol or by
 * mistaken ones.
 */
export const deriveAckTag = (transcript: AckTranscript, nonce: string, kid: string, steps = honestSteps): AckTag => {
  const ackKey = steps.ackKey(transcript.seed)
  const th = steps.th(transcript)
  return { ackKey, th, ackTag: steps.ackTag(ackKey, { ctx: transcript.ctx, nonce, kid, th }) }
}
