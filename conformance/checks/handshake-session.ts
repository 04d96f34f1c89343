import { encodeBase64url } from '../probe/bytes/base64.js'
import { parseHex } from '../probe/bytes/hex.js'
import { describeAnswer, type Answer } from '../probe/initiator/answer.js'
import type { HandshakeDraft } from '../probe/initiator/handshake-draft.js'
import type { ProbeSession } from '../probe/initiator/session-draft.js'
import { accepts, type Needs } from '../runner/check.js'
import { broken, firstOf, judgeAcceptance, judgeRefusal, type Broken } from '../runner/judgement.js'
import type { Kit } from '../runner/kit.js'
import { lowOrderX25519 } from './low-order.js'

const authenticationFailed = { plain: 'authentication_failed' } as const

/** Do four handshakes, one after the other, come with four values of a member of the response data? */
const fourDiffer = async (kit: Kit, member: 'kid' | 'ephS'): Promise<Broken | undefined> => {
  const seen = new Set<string>()
  for (let count = 0; count < 4; count++) {
    const answer = await kit.shakeHands()
    if (answer.kind !== 'session') return judgeAcceptance(answer, 'an honest handshake')
    seen.add(answer.data[member])
  }
  return seen.size === 4
    ? undefined
    : broken(`${member}-repeated`, `four values of ${member} in four handshakes`, `${seen.size}`)
}

const shake = async (kit: Kit, draft: HandshakeDraft): Promise<Answer> => kit.shakeHands(draft)

const MOST_SESSIONS = 64

const fewSessions: Needs = {
  unobservable: ({ limits }) =>
    limits.maxSessionsPerDid > MOST_SESSIONS
      ? `maxSessionsPerDid is ${limits.maxSessionsPerDid}: no more than ${MOST_SESSIONS} are filled`
      : undefined,
}

/** As many confirmed sessions as the target allows to one initiator. */
const fill = async (kit: Kit): Promise<ProbeSession[]> => {
  const sessions: ProbeSession[] = []
  while (sessions.length < kit.target.limits.maxSessionsPerDid) sessions.push(await kit.session())
  return sessions
}

/** What comes of a handshake: one new session, provisional at first, as long as there is room. */
export const handshakeSessionChecks = [
  accepts('handshake.kid-unique', { run: kit => fourDiffer(kit, 'kid') }),
  accepts('handshake.ephemeral-fresh', { run: kit => fourDiffer(kit, 'ephS') }),
  accepts('handshake.kid-form', {
    run: async kit => {
      const { kid } = await kit.provisionalSession()
      const uuid4 = /^kid-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
      return uuid4.test(kid) ? undefined : broken('kid-form', '`kid-` and a version 4 UUID', 'another kid')
    },
  }),
  accepts('handshake.confirmed', {
    needs: {
      unobservable: ({ limits }) =>
        limits.maxSessionAgeSeconds <= limits.provisionalSeconds + 2 || limits.maxSessionIdleSeconds < 2
          ? 'its sessions end before it drops those that were not confirmed'
          : undefined,
    },
    run: async kit => {
      const { provisionalSeconds, maxSessionIdleSeconds } = kit.target.limits
      const session = await kit.provisionalSession()
      session.skipTo(4n)
      const first = judgeAcceptance(await kit.ping(session), 'a first record with sequence number 5')
      if (first) return first
      const total = kit.clock.exact ? provisionalSeconds : provisionalSeconds + 1
      const step = Math.max(1, Math.floor(maxSessionIdleSeconds / 2))
      for (let passed = 0; passed < total; passed += step) {
        await kit.elapse(Math.min(step, total - passed))
        const found = judgeAcceptance(
          await kit.ping(session),
          `a message of a confirmed session after ${passed + step} s`,
        )
        if (found) return found
      }
      return undefined
    },
  }),
  accepts('handshake.provisional-dropped', {
    run: async kit => {
      const session = await kit.provisionalSession()
      await kit.elapseBeyond(kit.target.limits.provisionalSeconds)
      return judgeRefusal(await kit.ping(session), { plain: 'session_unknown' })
    },
  }),
  accepts('handshake.failed-record-confirms-nothing', {
    run: async kit => {
      const session = await kit.provisionalSession()
      const forged = { ...kit.draft(session), key: kit.entropy(32) }
      const refused = judgeRefusal(await kit.send(session, forged), authenticationFailed)
      if (refused) return refused
      await kit.elapseBeyond(kit.target.limits.provisionalSeconds)
      return judgeRefusal(await kit.ping(session), { plain: 'session_unknown' })
    },
  }),
  accepts('handshake.capacity', {
    needs: fewSessions,
    also: ['error.retry-after'],
    run: async kit => {
      const sessions = await fill(kit)
      // Past the kit, which would make room for it.
      const next = kit.prepareHandshake(kit.draftHandshake())
      const answer = await kit.conversation.shakeHands(next, next.request)
      const full = judgeRefusal(answer, { plain: 'unavailable', headers: { 'retry-after': /^[0-9]+$/ } })
      if (full) return full
      for (const session of sessions) {
        const found = judgeAcceptance(await kit.ping(session), 'a message of a session that was there before')
        if (found) return found
      }
      const [first] = sessions
      if (first) await kit.close(first)
      return judgeAcceptance(await kit.shakeHands(), 'a handshake after a session was closed')
    },
  }),
  accepts('handshake.no-session', {
    needs: fewSessions,
    run: async kit => {
      const ephC = encodeBase64url(parseHex(lowOrderX25519['order 8']))
      const refused: Answer[] = []
      for (let count = 0; count <= kit.target.limits.maxSessionsPerDid; count++)
        refused.push(await shake(kit, { ...kit.draftHandshake(), ephC }))
      const answer = await kit.shakeHands()
      const crowded = [...refused, answer].find(each => each.kind === 'busy' && each.error === 'unavailable')
      if (crowded) return broken('no-room', 'refused handshakes take up no room', describeAnswer(crowded))
      return firstOf(
        ...refused.map(each => judgeRefusal(each, authenticationFailed)),
        judgeAcceptance(answer, 'a handshake after more refused ones than there may be sessions'),
      )
    },
  }),
]
