import { accepts, rejects } from '../runner/check.js'
import { judgeAcceptance, judgeRefusal } from '../runner/judgement.js'

const sessionUnknown = { plain: 'session_unknown' } as const

/** The same letters, large for small; where there are none, one character more or less. */
const inOtherCase = (kid: string): string => {
  const changed = kid.replace(/[a-z]/gi, letter => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()))
  return changed === kid ? (kid.length < 128 ? `${kid}_` : kid.slice(1)) : changed
}

/** How sessions end. */
export const sessionChecks = [
  rejects('session.unknown', {
    subject: 'session message',
    forged: {
      'a kid never given': (next, _twin, kit) => ({
        ...next,
        kid: `kid-${Buffer.from(kit.entropy(8)).toString('hex')}`,
      }),
      'a kid one character longer or shorter': next => ({
        ...next,
        kid: next.kid.length < 128 ? `${next.kid}0` : next.kid.slice(0, -1),
      }),
      'a kid with another last character': next => ({
        ...next,
        kid: next.kid.slice(0, -1) + (next.kid.endsWith('0') ? '1' : '0'),
      }),
      'a kid in other letters, large and small': next => ({ ...next, kid: inOtherCase(next.kid) }),
    },
    expect: sessionUnknown,
    after: ['same-bytes-accepted', 'session-lives'],
  }),
  accepts('session.idle', {
    run: async kit => {
      const { maxSessionIdleSeconds, maxSessionAgeSeconds } = kit.target.limits
      const session = await kit.session()
      if (maxSessionIdleSeconds < maxSessionAgeSeconds / 2) {
        await kit.elapse(maxSessionIdleSeconds - 1)
        const found = judgeAcceptance(await kit.ping(session), 'a message just before the idle limit')
        if (found) return found
      }
      await kit.elapseBeyond(maxSessionIdleSeconds)
      return judgeRefusal(await kit.ping(session), sessionUnknown)
    },
  }),
  accepts('session.age', {
    run: async kit => {
      const { maxSessionIdleSeconds, maxSessionAgeSeconds } = kit.target.limits
      const session = await kit.session()
      // Used often enough not to be idle, so that its age alone ends it.
      const step = Math.max(1, Math.floor(Math.min(maxSessionIdleSeconds, maxSessionAgeSeconds) / 2))
      let age = 0
      for (; age + step < maxSessionAgeSeconds; age += step) {
        await kit.elapse(step)
        const found = judgeAcceptance(await kit.ping(session), `a message of a session ${age + step} s old`)
        if (found) return found
      }
      await kit.elapseBeyond(maxSessionAgeSeconds - age)
      return judgeRefusal(await kit.ping(session), sessionUnknown)
    },
  }),
]
