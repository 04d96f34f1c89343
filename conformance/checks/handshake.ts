import { NONCE_MEMORY_SECONDS } from '../../schemas/index.js'
import type { ProbeSession } from '../probe/initiator/session-draft.js'
import { encodeBase64, encodeBase64url, parseBase64 } from '../probe/bytes/base64.js'
import { encodeTime, parseTime, SECOND } from '../probe/bytes/time.js'
import { parseHex } from '../probe/bytes/hex.js'
import { encodeBase58 } from '../probe/identity/base58.js'
import { encodeDidKey, parseDidKey } from '../probe/identity/did-key.js'
import { parseHandshakeResponse } from '../probe/handshake/response.js'
import { describeAnswer, type Answer } from '../probe/initiator/answer.js'
import { payloadTextOf, withParties, type HandshakeDraft } from '../probe/initiator/handshake-draft.js'
import { Refusal } from '../probe/refusal.js'
import { accepts, rejects, type Needs } from '../runner/check.js'
import { sessionsAtOnce } from './sessions-at-once.js'
import { broken, brokenBy, firstOf, judgeAcceptance, judgeRefusal, type Broken } from '../runner/judgement.js'
import type { Kit } from '../runner/kit.js'

const authenticationFailed = { plain: 'authentication_failed' } as const
const leavesNoTrace = ['no-session', 'same-bytes-accepted'] as const

/** The time of a draft, moved by so many seconds; to the nanosecond beyond the border where the clocks allow it. */
const moved = (draft: HandshakeDraft, seconds: bigint, nanoseconds = 0n): HandshakeDraft => ({
  ...draft,
  ts: encodeTime(parseTime(draft.ts) + seconds * SECOND + nanoseconds),
})

/** `text` with its last character but `back` exchanged for another letter or digit. */
const altered = (text: string, back = 1): string => {
  const at = text.length - back
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
}

/** A point of each small order, as u-coordinates (RFC 7748 §7; two that are not reduced among them). */
const lowOrder = {
  zero: '0000000000000000000000000000000000000000000000000000000000000000',
  one: '0100000000000000000000000000000000000000000000000000000000000000',
  'order 8': 'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  'minus one': 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'p, not reduced': 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
} as const

const lowOrderCases = Object.fromEntries(
  (['enc', 'ephC'] as const).flatMap(member =>
    Object.entries(lowOrder).map(([name, point]) => [
      `${member} ${name}`,
      (next: HandshakeDraft): HandshakeDraft => ({ ...next, [member]: encodeBase64url(parseHex(point)) }),
    ]),
  ),
)

/** The payload of a draft as text, with something done to its members. */
const payloadWith = (next: HandshakeDraft, change: (members: Record<string, unknown>) => void): HandshakeDraft => {
  const members = JSON.parse(payloadTextOf(next)) as Record<string, unknown>
  change(members)
  return { ...next, payloadText: JSON.stringify(members) }
}

const setting =
  (name: string, value: unknown) =>
  (next: HandshakeDraft): HandshakeDraft =>
    payloadWith(next, members => (members[name] = value))

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

/** The handshake of a `did:key` of the bytes that `change` makes of the initiator's key, consistent in all else. */
const renamed =
  (change: (key: readonly number[]) => readonly number[]) =>
  (next: HandshakeDraft): HandshakeDraft => {
    const did = `did:key:z${encodeBase58(Uint8Array.from(change([...parseDidKey(next.did)])))}`
    return withParties(next, { did, initDid: did })
  }

/** The handshake of a key that nobody holds, with the one signature that a careless verifier takes for everybody's. */
const signedByNobody =
  (key: string) =>
  (next: HandshakeDraft): HandshakeDraft => {
    const did = encodeDidKey(parseHex(key))
    const identityAndZero = parseHex(`01${'00'.repeat(63)}`)
    return { ...withParties(next, { did, initDid: did }), signingKey: undefined, sign: () => identityAndZero }
  }

const shake = async (kit: Kit, draft: HandshakeDraft): Promise<Answer> => kit.shakeHands(draft)

const judgeTime = async (kit: Kit, draft: HandshakeDraft, what: string): Promise<Broken | undefined> =>
  judgeAcceptance(await shake(kit, draft), what)

const MOST_SESSIONS = 64

const fewSessions: Needs = {
  unobservable: ({ limits }) =>
    limits.maxSessionsPerDid > MOST_SESSIONS
      ? `maxSessionsPerDid is ${limits.maxSessionsPerDid}: too many to fill`
      : undefined,
}

/** As many confirmed sessions as the target allows to one initiator. */
const fill = async (kit: Kit): Promise<ProbeSession[]> => {
  const sessions: ProbeSession[] = []
  while (sessions.length < kit.target.limits.maxSessionsPerDid) sessions.push(await kit.session())
  return sessions
}

/** The handshake: what a responder answers, and what it refuses. */
export const handshakeChecks = [
  accepts('handshake.answered', {
    prerequisite: true,
    also: ['http.endpoint'],
    run: async kit => {
      const answer = await kit.shakeHands()
      const what = 'HTTP 200 and a handshake response'
      if (answer.response?.status !== 200) return brokenBy(answer, what)
      try {
        parseHandshakeResponse(answer.response.body)
        return undefined
      } catch (cause) {
        return broken('no-handshake-response', what, cause instanceof Refusal ? cause.message : describeAnswer(answer))
      }
    },
  }),
  accepts('handshake.response-correct', {
    prerequisite: true,
    run: async kit => judgeAcceptance(await kit.shakeHands(), 'by an honest initiator, the response'),
  }),
  rejects('handshake.task', {
    subject: 'handshake',
    forged: next => ({ ...next, task_id: 'hpke/complete@v2' }),
    expect: { plain: 'task_unsupported' },
    after: leavesNoTrace,
  }),
  rejects('handshake.request-schema', {
    subject: 'handshake',
    forged: {
      'not JSON': next => ({ ...next, payloadText: 'hello' }),
      'an array': next => ({ ...next, payloadText: `[${payloadTextOf(next)}]` }),
      'a member missing': next => payloadWith(next, members => delete members['nonce']),
      'a member unknown': setting('extra', 'x'),
      'a member null': setting('nonce', null),
      'enc of 31 bytes': next => ({ ...next, enc: encodeBase64url(parseHex('07'.repeat(31))) }),
      'ephC in b64': next => ({ ...next, ephC: `${next.ephC}=` }),
      'nonce with a space': next => ({ ...next, nonce: 'no nce' }),
      'empty nonce': next => ({ ...next, nonce: '' }),
      'a number for a time': setting('ts', 1_700_000_000),
    },
    expect: { plain: 'malformed' },
    after: leavesNoTrace,
  }),
  rejects('conventions.time', {
    subject: 'handshake',
    forged: {
      'with an offset': next => ({ ...next, ts: next.ts.replace('Z', '+00:00') }),
      'lower-case z': next => ({ ...next, ts: next.ts.replace('Z', 'z') }),
      'a space for the T': next => ({ ...next, ts: next.ts.replace('T', ' ') }),
      'ten digits of fraction': next => ({ ...next, ts: next.ts.replace(/(\.[0-9]+)?Z$/, '.0000000001Z') }),
      '30 February': next => ({ ...next, ts: next.ts.replace(/-[0-9]{2}-[0-9]{2}T/, '-02-30T') }),
      'second 60': next => ({ ...next, ts: next.ts.replace(/:[0-9]{2}(\.[0-9]+)?Z$/, ':60Z') }),
    },
    expect: { plain: 'malformed' },
    after: leavesNoTrace,
  }),
  rejects('conventions.json-duplicate-signed', {
    subject: 'handshake',
    forged: next => ({ ...next, payloadText: `{"nonce":"${next.nonce}",${payloadTextOf(next).slice(1)}` }),
    expect: { plain: 'malformed' },
    after: leavesNoTrace,
  }),
  rejects('handshake.did-resolves', {
    subject: 'handshake',
    forged: {
      'a method that nobody knows': next => withParties(next, { did: 'did:nobody:1', initDid: 'did:nobody:1' }),
      'did:key of another key type': next => {
        const did = 'did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc'
        return withParties(next, { did, initDid: did })
      },
      'did:key in another base': next => {
        const did = next.did.replace('did:key:z', 'did:key:u')
        return withParties(next, { did, initDid: did })
      },
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('identity.key-small-order', {
    subject: 'handshake',
    // Under the identity as a key, R the identity and S zero verify for every message.
    forged: {
      'the identity': signedByNobody('0100000000000000000000000000000000000000000000000000000000000000'),
      'order 2': signedByNobody('ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'),
      'order 8': signedByNobody('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('identity.key-canonical', {
    subject: 'handshake',
    forged: {
      'y of p + 1': signedByNobody('eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'),
      'x of 0 with the sign bit': signedByNobody('0100000000000000000000000000000000000000000000000000000000000080'),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('identity.did-key-form', {
    subject: 'handshake',
    forged: {
      'the multicodec of X25519 before an Ed25519 key': renamed(key => [0xec, 0x01, ...key]),
      'no multicodec': renamed(key => key),
      'a byte after the key': renamed(key => [0xed, 0x01, ...key, 0]),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('handshake.signature', {
    subject: 'handshake',
    tampered: {
      'white space after the payload': next => ({
        ...next.envelope,
        payload: encodeBase64(Buffer.from(`${payloadTextOf(next)} `)),
      }),
      'white space before the payload': next => ({
        ...next.envelope,
        payload: encodeBase64(Buffer.from(` ${payloadTextOf(next)}`)),
      }),
      'the payload with its members in another order': next => ({
        ...next.envelope,
        payload: encodeBase64(
          Buffer.from(
            JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(payloadTextOf(next)) as object).reverse())),
          ),
        ),
      }),
      'a bit of the signature': next => ({
        ...next.envelope,
        signature: altered(String(next.envelope['signature']), 5),
      }),
      'a bit of the payload': next => {
        const payload = Buffer.from(parseBase64(String(next.envelope['payload']))).toString('utf8')
        return {
          ...next.envelope,
          payload: encodeBase64(Buffer.from(payload.replace(next.nonce, altered(next.nonce)))),
        }
      },
      "the twin's signature": (next, twin) => ({ ...next.envelope, signature: twin.envelope['signature'] }),
      'signature of zeros': next => ({ ...next.envelope, signature: encodeBase64(new Uint8Array(64)) }),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('handshake.signature', {
    variant: 'other-key',
    subject: 'handshake',
    forged: (next, _twin, kit) => ({ ...next, signingKey: kit.entropy(32) }),
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('handshake.did-match', {
    subject: 'handshake',
    forged: {
      'and every string with it': (next, _twin, kit) => withParties(next, { initDid: kit.stranger().identity.did }),
      'and nothing else': (next, _twin, kit) => ({ ...next, initDid: kit.stranger().identity.did }),
      'in the envelope alone': (next, _twin, kit) => ({ ...next, did: kit.stranger().identity.did }),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('handshake.resp-did', {
    subject: 'handshake',
    forged: {
      'and every string with it': (next, _twin, kit) => withParties(next, { respDid: kit.stranger().identity.did }),
      'and nothing else': (next, _twin, kit) => ({ ...next, respDid: kit.stranger().identity.did }),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
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
  rejects('handshake.info-match', {
    subject: 'handshake',
    forged: {
      'another context': next => ({ ...next, info: next.info.replace('|ctx=', '|ctx=x') }),
      'another suite': next => ({ ...next, info: next.info.replace('hkdf-sha256', 'hkdf-sha512') }),
      'something after it': next => ({ ...next, info: `${next.info}|` }),
      empty: next => ({ ...next, info: '' }),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('handshake.export-ctx-match', {
    subject: 'handshake',
    forged: {
      'another context': next => ({ ...next, exportCtx: next.exportCtx.replace('|ctx=', '|ctx=x') }),
      'something after it': next => ({ ...next, exportCtx: `${next.exportCtx}|` }),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
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
  accepts('handshake.nonce-scope', {
    run: async kit => {
      const { nonce } = kit.draftHandshake()
      const mine = judgeAcceptance(await shake(kit, { ...kit.draftHandshake(), nonce }), 'a fresh nonce')
      if (mine) return mine
      const other = kit.stranger()
      const found = judgeAcceptance(
        await shake(other, { ...other.draftHandshake(), nonce }),
        'the nonce of another initiator',
      )
      await other.finish()
      return found
    },
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
      if (accepted !== 1) return broken(`accepted-${accepted}`, expected, `${accepted} were accepted`)
      // A cap may be looked at before the nonce: whoever is turned away for want of room has no session either.
      const refused = answers.filter(answer => answer.kind !== 'session' && answer.kind !== 'busy')
      return firstOf(...refused.map(answer => judgeRefusal(answer, authenticationFailed)))
    },
  }),
  accepts('handshake.nonce-stands', {
    run: async kit => {
      const { nonce } = kit.draftHandshake()
      const low = { ...kit.draftHandshake(), nonce, ephC: encodeBase64url(parseHex(lowOrder['order 8'])) }
      return firstOf(
        judgeRefusal(await shake(kit, low), authenticationFailed),
        judgeRefusal(await shake(kit, { ...kit.draftHandshake(), nonce }), authenticationFailed),
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
  accepts('handshake.kid-unique', { run: kit => fourDiffer(kit, 'kid') }),
  accepts('handshake.ephemeral-fresh', { run: kit => fourDiffer(kit, 'ephS') }),
  accepts('handshake.kid-form', {
    run: async kit => {
      const { kid } = await kit.provisionalSession()
      const uuid4 = /^kid-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i
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
      const ephC = encodeBase64url(parseHex(lowOrder['order 8']))
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
  accepts('handshake.no-forgetting', {
    variant: 'crowd',
    run: async kit => {
      const { nonce } = kit.draftHandshake()
      const first = judgeAcceptance(await shake(kit, { ...kit.draftHandshake(), nonce }), 'a fresh nonce')
      if (first) return first
      // Each of these uses up a nonce and makes no session.
      const low = encodeBase64url(parseHex(lowOrder['order 8']))
      for (let count = 0; count < 80; count++) {
        const refused = judgeRefusal(await shake(kit, { ...kit.draftHandshake(), ephC: low }), authenticationFailed)
        if (refused) return refused
      }
      return judgeRefusal(await shake(kit, { ...kit.draftHandshake(), nonce }), authenticationFailed)
    },
  }),
  accepts('handshake.no-forgetting', {
    run: async kit => {
      const { nonce } = kit.draftHandshake()
      const first = judgeAcceptance(await shake(kit, { ...kit.draftHandshake(), nonce }), 'a fresh nonce')
      if (first) return first
      await kit.elapse(kit.clock.exact ? NONCE_MEMORY_SECONDS : NONCE_MEMORY_SECONDS - 10)
      return judgeRefusal(await shake(kit, { ...kit.draftHandshake(), nonce }), authenticationFailed)
    },
  }),
]
