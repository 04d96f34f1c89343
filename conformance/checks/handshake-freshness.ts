import { NONCE_MEMORY_SECONDS } from '../../schemas/index.js'
import { encodeBase64url } from '../probe/bytes/base64.js'
import { parseHex } from '../probe/bytes/hex.js'
import { encodeTime, parseTime, SECOND } from '../probe/bytes/time.js'
import type { Answer } from '../probe/initiator/answer.js'
import { withParties, type HandshakeDraft } from '../probe/initiator/handshake-draft.js'
import { accepts, rejects } from '../runner/check.js'
import { broken, brokenBy, firstOf, judgeAcceptance, judgeRefusal, type Broken } from '../runner/judgement.js'
import { unseen, type Kit } from '../runner/kit.js'
import { admittedStranger } from '../runner/strangers.js'
import { lowOrderX25519 } from './low-order.js'
import { sessionsAtOnce } from './sessions-at-once.js'

const authenticationFailed = { plain: 'authentication_failed' } as const
const leavesNoTrace = ['no-session', 'same-bytes-accepted'] as const

/** The time of a draft, moved by so many seconds; to the nanosecond beyond the border where the clocks allow it. */
const moved = (draft: HandshakeDraft, seconds: bigint, nanoseconds = 0n): HandshakeDraft => ({
  ...draft,
  ts: encodeTime(parseTime(draft.ts) + seconds * SECOND + nanoseconds),
})

const lowOrderCases = Object.fromEntries(
  (['enc', 'ephC'] as const).flatMap(member =>
    Object.entries(lowOrderX25519).map(([name, point]) => [
      `${member} ${name}`,
      (next: HandshakeDraft): HandshakeDraft => ({ ...next, [member]: encodeBase64url(parseHex(point)) }),
    ]),
  ),
)

const shake = async (kit: Kit, draft: HandshakeDraft): Promise<Answer> => kit.shakeHands(draft)

const judgeTime = async (kit: Kit, draft: HandshakeDraft, what: string): Promise<Broken | undefined> =>
  judgeAcceptance(await shake(kit, draft), what)

/** A nonce that two initiators use, the second in a handshake made of an honest one by `alike`. */
const sharedNonce = async (
  kit: Kit,
  alike: (other: HandshakeDraft, mine: HandshakeDraft) => HandshakeDraft,
): Promise<Broken | undefined> => {
  const draft = kit.draftHandshake()
  const mine = judgeAcceptance(await shake(kit, draft), 'a fresh nonce')
  if (mine) return mine
  const other = await admittedStranger(kit)
  const theirs = alike({ ...other.draftHandshake(), nonce: draft.nonce }, draft)
  const found = judgeAcceptance(await shake(other, theirs), 'the nonce of another initiator')
  await other.finish()
  return found
}

/** An honest handshake but for its nonce. */
const again = (kit: Kit, nonce: string): Promise<Answer> => shake(kit, { ...kit.draftHandshake(), nonce })

/**
 * Uses a nonce up. Where it is not refused at once there is nothing that could be forgotten: handshake.nonce-single-use has
 * found it.
 */
const useUp = async (kit: Kit, nonce: string): Promise<Broken | undefined> => {
  const first = judgeAcceptance(await again(kit, nonce), 'a fresh nonce')
  if (first) return first
  const answer = await again(kit, nonce)
  const found = judgeRefusal(answer, authenticationFailed)
  if (!found || found.silence !== undefined || found.busy !== undefined) return found
  throw unseen(`a nonce is not refused as it should be at once, let alone later: ${found.observed}`)
}

/** That a handshake counts once, and only for a while. */
export const handshakeFreshnessChecks = [
  rejects('handshake.ts-fresh', {
    subject: 'handshake',
    forged: {
      past: (next, _twin, kit) => (kit.clock.exact ? moved(next, -120n, -1n) : moved(next, -130n)),
      future: (next, _twin, kit) => (kit.clock.exact ? moved(next, 120n, 1n) : moved(next, 130n)),
      'an hour past': next => moved(next, -3600n),
      'a year ahead': next => moved(next, 31_536_000n),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  accepts('conventions.limit-inclusive', {
    variant: 'ts',
    run: async kit => {
      const seconds = kit.clock.exact ? 120n : 110n
      return firstOf(
        await judgeTime(kit, moved(kit.draftHandshake(), -seconds), `a handshake made ${seconds} s ago`),
        await judgeTime(kit, moved(kit.draftHandshake(), seconds), `a handshake made ${seconds} s ahead`),
      )
    },
  }),
  rejects('handshake.nonce-single-use', {
    needs: sessionsAtOnce(3),
    subject: 'handshake',
    forged: {
      'in another handshake': (next, twin) => ({ ...next, nonce: twin.nonce }),
      'the same bytes again': (_next, twin) => twin,
    },
    expect: authenticationFailed,
    after: ['no-session', 'new-handshake', 'twin-session-lives'],
  }),
  accepts('handshake.nonce-scope', { run: kit => sharedNonce(kit, other => other) }),
  accepts('handshake.nonce-scope', {
    variant: 'same-context',
    run: kit => sharedNonce(kit, (other, { context_id }) => withParties(other, { context_id })),
  }),
  rejects('handshake.nonce-after-checks', {
    subject: 'handshake',
    forged: {
      'a signature by another key': (next, _twin, kit) => ({ ...next, signingKey: kit.entropy(32) }),
      'another respDid': (next, _twin, kit) => withParties(next, { respDid: kit.stranger().identity.did }),
      'too old': next => moved(next, -3600n),
      'another info': next => ({ ...next, info: `${next.info}x` }),
      'another exportCtx': next => ({ ...next, exportCtx: `${next.exportCtx}x` }),
    },
    expect: authenticationFailed,
    after: ['same-bytes-accepted'],
  }),
  accepts('handshake.nonce-atomic', {
    needs: { alone: true },
    run: async kit => {
      const draft = kit.draftHandshake()
      const answers = await Promise.all(Array.from({ length: 6 }, () => shake(kit, draft)))
      const accepted = answers.filter(answer => answer.kind === 'session').length
      const expected = 'exactly one of six identical handshakes at once is accepted'
      const busy = answers.find(({ kind }) => kind === 'busy')
      if (accepted === 0 && busy) return brokenBy(busy, expected)
      if (accepted !== 1) return broken(`accepted-${accepted}`, expected, `${accepted} were accepted`)
      // A cap may be looked at before the nonce: whoever is turned away for want of room has no session either.
      const refused = answers.filter(answer => answer.kind !== 'session' && answer.kind !== 'busy')
      return firstOf(...refused.map(answer => judgeRefusal(answer, authenticationFailed)))
    },
  }),
  accepts('handshake.nonce-stands', {
    run: async kit => {
      const remembers = await useUp(kit, kit.draftHandshake().nonce)
      if (remembers) return remembers
      const { nonce } = kit.draftHandshake()
      const low = { ...kit.draftHandshake(), nonce, ephC: encodeBase64url(parseHex(lowOrderX25519['order 8'])) }
      return firstOf(
        judgeRefusal(await shake(kit, low), authenticationFailed),
        judgeRefusal(await again(kit, nonce), authenticationFailed),
        judgeAcceptance(await kit.shakeHands(), 'a fresh nonce'),
      )
    },
  }),
  rejects('handshake.low-order', {
    also: ['handshake.all-zero'],
    subject: 'handshake',
    forged: lowOrderCases,
    expect: authenticationFailed,
    after: ['no-session', 'new-handshake'],
  }),
  accepts('handshake.no-forgetting', {
    variant: 'crowd',
    run: async kit => {
      const { nonce } = kit.draftHandshake()
      const first = await useUp(kit, nonce)
      if (first) return first
      // Each of these uses up a nonce and makes no session.
      const low = encodeBase64url(parseHex(lowOrderX25519['order 8']))
      for (let count = 0; count < 80; count++) {
        const refused = judgeRefusal(await shake(kit, { ...kit.draftHandshake(), ephC: low }), authenticationFailed)
        if (refused) return refused
      }
      return judgeRefusal(await again(kit, nonce), authenticationFailed)
    },
  }),
  accepts('handshake.no-forgetting', {
    run: async kit => {
      const { nonce } = kit.draftHandshake()
      const first = await useUp(kit, nonce)
      if (first) return first
      await kit.elapse(kit.clock.exact ? NONCE_MEMORY_SECONDS : NONCE_MEMORY_SECONDS - 10)
      return judgeRefusal(await again(kit, nonce), authenticationFailed)
    },
  }),
]
