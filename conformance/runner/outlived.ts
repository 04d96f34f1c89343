import type { Limits } from '../../schemas/index.js'
import { parseTime } from '../probe/bytes/time.js'
import type { TranscriptEntry } from '../probe/initiator/transcript.js'

/** Of the shortest life that a target gives a session, how much may be gone before nothing is said of one that is unknown. */
const SURE = 0.9

/**
 * Has a case taken so long that the session in it may just have ended: the target's limits are seconds, and something was
 * slow? Then that it is unknown says nothing.
 */
export const mayHaveOutlived = (transcript: readonly TranscriptEntry[], limits: Limits): boolean => {
  const [first, last] = [transcript[0], transcript.at(-1)]
  if (!first || !last?.judged?.includes('session_unknown')) return false
  const { maxSessionAgeSeconds, maxSessionIdleSeconds, provisionalSeconds } = limits
  const life = Math.min(maxSessionAgeSeconds, maxSessionIdleSeconds, provisionalSeconds)
  const seconds = Number(parseTime(last.at) - parseTime(first.at)) / 1e9
  return seconds >= SURE * life
}
