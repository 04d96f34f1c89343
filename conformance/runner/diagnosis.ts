import { VECTORS_HINT } from '../probe/diagnosis/explain.js'
import { mistakenRequestSealings } from '../probe/diagnosis/sealing-mistakes.js'
import type { TranscriptEntry } from '../probe/initiator/transcript.js'
import type { Kit } from './kit.js'

// Where a prerequisite failed, everything else is blocked: all the more is to be said of why. A help for whoever wrote the
// target, never a verdict.

/** Most handshakes that are made to find out what a target does. */
const MAX_TRIES = 32

/**
 * Which mistake the target makes that refuses honest records with a plain `authentication_failed`: the mistaken ways of
 * sealing a ping with sequence number `seq` are tried, each in a provisional session of its own, until the target accepts
 * one. Gives nothing where the target answers something else, or not at all.
 */
const tryMistakes = async (peer: () => Kit, seq: bigint): Promise<string | undefined> => {
  let tries = 0
  for (; tries < MAX_TRIES; tries++) {
    const kit = peer()
    kit.conversation.step = 'diagnosis'
    const shaken = await kit.shakeHands()
    if (shaken.kind !== 'session') return undefined
    const draft = kit.draft(shaken.session, { seq })
    const sealing = mistakenRequestSealings(shaken.session, draft)[tries]
    if (!sealing) break
    const answer = await kit.sendMistaken(shaken.session, draft, sealing)
    // Its answer may be sealed with the same mistake, so that it does not open.
    if (answer.kind === 'success' || answer.kind === 'unacceptable')
      return `the target accepts a ping sealed with: ${sealing.mistake}`
    if (answer.kind !== 'plain' || answer.error !== 'authentication_failed') return undefined
  }
  return `the target accepts none of ${tries} known mistakes either; ${VECTORS_HINT}`
}

const isRefusedRecord = ({ sealed, judged }: TranscriptEntry): boolean =>
  sealed !== undefined && judged?.startsWith('plain error authentication_failed') === true

/**
 * What there is to say of the last exchange of a prerequisite that failed: where a message was posted to that got no SAGE
 * response, and by which mistake honest records may be refused. `peer` makes kits of which nobody closes the sessions: they
 * stay provisional, for the target to drop.
 */
export const diagnose = async (last: TranscriptEntry | undefined, peer: () => Kit): Promise<string | undefined> => {
  if (!last) return undefined
  if (isRefusedRecord(last)) return tryMistakes(peer, BigInt(last.sealed?.seq ?? 0))
  if ('frames' in last.request) return undefined
  const { method, url } = last.request
  return method === 'POST' && last.response?.status !== 200 ? `it was posted to ${url}` : undefined
}
