import type { VectorOp } from '../../schemas/index.js'

/** The members of an answer that are steps (vectors/README.md), in the order of derivation; all others are output. */
const steps: Partial<Record<VectorOp, readonly string[]>> = {
  hkdf: ['prk'],
  'handshake.initiator': ['info', 'exportCtx', 'enc', 'ephC', 'exporter', 'ssE2E', 'prk'],
  'handshake.responder': ['info', 'exportCtx', 'ephS', 'exporter', 'ssE2E', 'prk'],
  'handshake.ack-tag': ['info', 'exportCtx', 'ackKey', 'th'],
  'handshake.sign-response': ['infoHash', 'exportCtxHash', 'signedText'],
  'key-schedule': ['sid', 'sessionPrk'],
  'record.seal': ['aad'],
  'aad.response': ['requestHash'],
  'card.sign': ['canonical'],
}

/** The steps of `op`, in the order of derivation. */
export const stepsOf = (op: VectorOp): readonly string[] => steps[op] ?? []
