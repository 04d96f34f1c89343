import { Interruption } from './judgement.js'
import type { Kit } from './kit.js'

/** Another initiator, whom the target has never met; where it admits none, what needs one cannot be seen. */
export const admittedStranger = async (kit: Kit): Promise<Kit> => {
  const stranger = kit.stranger()
  const answer = await stranger.shakeHands()
  if (answer.kind === 'plain' && answer.error === 'authentication_failed')
    throw new Interruption('not-observed', 'strangers', 'the target admits no initiator that it does not know')
  await stranger.finish()
  return stranger
}
