import { MAX_SKEW_SECONDS } from '../../schemas/index.js'
import { encodeTime, parseTime, SECOND } from '../probe/bytes/time.js'
import { accepts } from '../runner/check.js'
import { brokenBy, firstOf, judgeAcceptance, judgeRefusal, type Broken } from '../runner/judgement.js'
import { interruptedBy, unseen, type Kit } from '../runner/kit.js'

// No clock is shared with the target, but its own `ts` says how its clock stood when it answered: it is not before that when the
// next handshake arrives, and later by no more than what passes here meanwhile.

const SKEW = BigInt(MAX_SKEW_SECONDS)
/** Seconds that a time is off where a clock is written in whole ones. */
const GRAIN = 1n
/** Seconds that may pass between the two answers, tried one after the other: who is that slow leaves nothing to be seen. */
const ROOMS = [1n, 4n, 9n] as const

/** The answer to a handshake made so many seconds before or after the target's clock, and seconds that it may be later. */
const shakeAt = async (kit: Kit, seconds: bigint) => {
  const before = kit.clock.now()
  const first = await kit.shakeHands()
  if (first.kind !== 'session') throw interruptedBy(first, 'an honest handshake')
  const ts = encodeTime(parseTime(first.data.ts) + seconds * SECOND)
  const answer = await kit.shakeHands({ ...kit.draftHandshake(), ts })
  return { answer, passed: kit.clock.now() - before }
}

/** What comes true as long as not too much time passes is asked with more and more room. */
const judgeInTime = async (
  kit: Kit,
  secondsFor: (room: bigint) => bigint,
  judge: (answer: Awaited<ReturnType<typeof shakeAt>>['answer'], seconds: bigint) => Broken | undefined,
): Promise<Broken | undefined> => {
  for (const room of ROOMS) {
    const { answer, passed } = await shakeAt(kit, secondsFor(room))
    const found = judge(answer, secondsFor(room))
    if (!found || passed <= room * SECOND) return found
  }
  throw unseen('two handshakes take longer than nine seconds')
}

const refused = { plain: 'authentication_failed' } as const

/** The borders of `ts` by the target's own clock, to the two seconds that can be seen of them. */
export const handshakeBorderChecks = [
  accepts('handshake.ts-fresh', {
    variant: 'border',
    also: ['conventions.limit-inclusive'],
    run: async kit => {
      // The older it gets on the way, the more it is to be refused, and the less it is ahead.
      const past = SKEW + GRAIN
      const ahead = SKEW - GRAIN
      const old = await shakeAt(kit, -past)
      const early = await shakeAt(kit, ahead)
      return firstOf(
        judgeRefusal(old.answer, refused) && brokenBy(old.answer, `a handshake made ${past} s ago is refused`),
        judgeAcceptance(early.answer, `a handshake made ${ahead} s ahead`),
        await judgeInTime(
          kit,
          room => -(SKEW - GRAIN - room),
          (answer, seconds) => judgeAcceptance(answer, `a handshake made ${-seconds} s ago`),
        ),
        await judgeInTime(
          kit,
          room => SKEW + GRAIN + room,
          (answer, seconds) =>
            judgeRefusal(answer, refused) && brokenBy(answer, `a handshake made ${seconds} s ahead is refused`),
        ),
      )
    },
  }),
]
