import { accepts, rejects } from '../runner/check.js'
import { judgeAcceptance, judgeRefusal } from '../runner/judgement.js'

const sessionUnknown = { plain: 'session_unknown' } as const

/** How sessions end. */
export const sessionChecks = [
  rejects('session.unknown', {
    subject: 'session message',
    forged: {
      'a kid never given': (next, _twin, kit) => ({
        ...next,
        kid: `kid-${Buffer.from(kit.entropy(8)).toString('hex')}`,
      }),
      'a kid with one character more': next => ({ ...next, kid: `${next.kid}0` }),
      'a kid in capitals': next => ({ ...next, kid: next.kid.toUpperCase() }),
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
