import { encodeBase64, parseBase64 } from '../probe/bytes/base64.js'
import { be64, concat } from '../probe/bytes/framing.js'
import { encodeHex } from '../probe/bytes/hex.js'
import { parseJsonObject } from '../probe/bytes/json.js'
import type { Answer } from '../probe/initiator/answer.js'
import type { WireObject } from '../probe/initiator/handshake-draft.js'
import type { SessionDraft } from '../probe/initiator/session-draft.js'
import { accepts, rejects, type Needs, type Prepared } from '../runner/check.js'
import { broken, brokenBy, firstOf, isAccepted, judgeAcceptance, judgeRefusal } from '../runner/judgement.js'

const authenticationFailed = { plain: 'authentication_failed' } as const
const leavesNoTrace = ['same-bytes-accepted', 'session-lives'] as const

/** The message with the bytes of its record changed by somebody on the path. */
const withRecord = (next: Prepared<SessionDraft>, change: (record: Uint8Array) => Uint8Array): WireObject => ({
  ...next.envelope,
  payload: encodeBase64(change(parseBase64(String(next.envelope['payload'])))),
})

const flipped =
  (at: number) =>
  (next: Prepared<SessionDraft>): WireObject =>
    withRecord(next, record => record.with(at < 0 ? record.length + at : at, (record.at(at) ?? 0) ^ 1))

const cut =
  (length: number) =>
  (next: Prepared<SessionDraft>): WireObject =>
    withRecord(next, record => record.slice(0, length))

/** Moves the honest messages of a session so far up that the window has a lower edge. */
const far = (draft: SessionDraft): SessionDraft => ({ ...draft, seq: draft.seq + 3000n })

/** Records of a session in which every border of the window can be tried. */
const WHOLE_WINDOW = 8192

const hasRoom: Needs = {
  unobservable: ({ limits }) =>
    limits.maxSessionRecords < WHOLE_WINDOW
      ? `maxSessionRecords is ${limits.maxSessionRecords}: a whole window needs ${WHOLE_WINDOW}`
      : undefined,
}

/** Records of a responder whose nonces are held against each other; a session has more of them. */
const NONCES = 8

/** Nonce of the record in a response, as a number. */
const nonceOf = ({ body = new Uint8Array(0) }: Answer): bigint => {
  const { data } = parseJsonObject(body)
  return BigInt(`0x${encodeHex(parseBase64(String(data)).slice(8, 20))}`)
}

/** What shows that numbers of 96 bits were not drawn at random, if anything: a repetition, or the same step again and again. */
const patternIn = (nonces: readonly bigint[]): string | undefined => {
  if (new Set(nonces).size < nonces.length) return 'two records with one nonce'
  const steps = nonces.slice(1).map((nonce, index) => nonce - (nonces[index] ?? 0n))
  return new Set(steps).size === 1 ? 'nonces that follow each other in equal steps' : undefined
}

/** Records: what opens, what is refused, and what a refusal leaves behind. */
export const recordChecks = [
  rejects('record.min-length', {
    subject: 'session message',
    tampered: { 'no bytes': cut(0), '7 bytes': cut(7), '20 bytes': cut(20), '35 bytes': cut(35) },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('record.seq-limit', {
    subject: 'session message',
    forged: {
      'at the limit': (next, _twin, kit) => ({ ...next, seq: BigInt(kit.target.limits.maxSessionRecords) }),
      'one above': (next, _twin, kit) => ({ ...next, seq: BigInt(kit.target.limits.maxSessionRecords) + 1n }),
      'far above': (next, _twin, kit) => ({ ...next, seq: BigInt(kit.target.limits.maxSessionRecords) * 1000n }),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  accepts('conventions.limit-inclusive', {
    variant: 'last-seq',
    run: async kit => {
      const session = await kit.session()
      const last = BigInt(kit.target.limits.maxSessionRecords) - 1n
      const what = `the record numbered ${last}, the last that the limit allows,`
      return judgeAcceptance(await kit.ask(session, { seq: last }), what)
    },
  }),
  rejects('record.integer-64', {
    subject: 'session message',
    forged: {
      '2^53 + 1': next => ({ ...next, seq: 2n ** 53n + 1n }),
      '2^63': next => ({ ...next, seq: 2n ** 63n }),
      '2^64 - 1': next => ({ ...next, seq: 2n ** 64n - 1n }),
      'a small number in the low half': next => ({ ...next, seq: 2n ** 32n + next.seq }),
      'a small number above 2^53': next => ({ ...next, seq: 2n ** 60n + next.seq }),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('record.window', {
    needs: hasRoom,
    subject: 'session message',
    given: far,
    forged: {
      'H - 1024': (next, twin) => ({ ...next, seq: twin.seq - 1024n }),
      'H - 1025': (next, twin) => ({ ...next, seq: twin.seq - 1025n }),
      'H - 2048': (next, twin) => ({ ...next, seq: twin.seq - 2048n }),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('record.replay', {
    subject: 'session message',
    forged: {
      'the same bytes again': (_next, twin) => twin,
      'its number again, sealed anew': (next, twin) => ({ ...next, seq: twin.seq }),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  accepts('record.replay', {
    variant: 'behind-the-highest',
    needs: hasRoom,
    run: async kit => {
      const session = await kit.session()
      const early = kit.prepare(kit.draft(session, { seq: 10n }))
      const accepted = firstOf(
        judgeAcceptance(await kit.send(session, early), 'record 10'),
        judgeAcceptance(await kit.ask(session, { seq: 700n }), 'record 700'),
        judgeAcceptance(await kit.ask(session, { seq: 1033n }), 'record 1033'),
      )
      return (
        accepted ??
        firstOf(
          judgeRefusal(await kit.send(session, early), authenticationFailed),
          judgeAcceptance(await kit.ask(session, { seq: 11n }), 'record 11, which was never used,'),
        )
      )
    },
  }),
  rejects('record.tag', {
    subject: 'session message',
    tampered: {
      'a bit of the sequence number': next => withRecord(next, record => concat(be64(next.seq + 1n), record.slice(8))),
      'a bit of the nonce': flipped(8),
      'a bit of the ciphertext': flipped(20),
      'a bit of the tag': flipped(-1),
      'the tag cut by a byte': next => withRecord(next, record => record.slice(0, -1)),
      'a byte after the tag': next => withRecord(next, record => concat(record, Uint8Array.of(0))),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('record.tag', {
    variant: 'other-key',
    also: ['keys.direction'],
    subject: 'session message',
    forged: {
      'the key of the other direction': (next, _twin, kit) => ({ ...next, key: kit.sessionOf(next).keys.s2cEnc }),
      'the role-less key': (next, _twin, kit) => ({ ...next, key: kit.sessionOf(next).keys.encryptKey }),
      'a key of nobody': (next, _twin, kit) => ({ ...next, key: kit.entropy(32) }),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  rejects('record.failure-leaves-no-trace', {
    subject: 'session message',
    needs: hasRoom,
    forged: {
      'a high number under a wrong key': (next, _twin, kit) => ({
        ...next,
        seq: next.seq + 5000n,
        key: kit.entropy(32),
      }),
      'its own number under a wrong key': (next, _twin, kit) => ({ ...next, key: kit.entropy(32) }),
    },
    expect: authenticationFailed,
    after: leavesNoTrace,
  }),
  accepts('record.failure-leaves-no-trace', {
    variant: 'many',
    run: async kit => {
      const session = await kit.session()
      for (let count = 0; count < 24; count++) {
        const forged = { ...kit.draft(session, { seq: 1n }), key: kit.entropy(32) }
        const refused = judgeRefusal(await kit.send(session, forged), authenticationFailed)
        if (refused) return refused
      }
      return judgeAcceptance(await kit.ping(session), 'an honest record after two dozen bad ones')
    },
  }),
  accepts('record.failure-leaves-no-trace', {
    variant: 'idle',
    needs: {
      unobservable: ({ limits }) =>
        limits.maxSessionIdleSeconds < 4 || limits.maxSessionAgeSeconds <= limits.maxSessionIdleSeconds + 2
          ? 'its sessions end too soon to see what ended them'
          : undefined,
    },
    run: async kit => {
      const { maxSessionIdleSeconds } = kit.target.limits
      const session = await kit.session()
      const most = Math.floor(maxSessionIdleSeconds * 0.6)
      await kit.elapse(most)
      const forged = { ...kit.draft(session), key: kit.entropy(32) }
      const refused = judgeRefusal(await kit.send(session, forged), authenticationFailed)
      if (refused) return refused
      await kit.elapseBeyond(maxSessionIdleSeconds - most)
      return judgeRefusal(await kit.ping(session), { plain: 'session_unknown' })
    },
  }),
  accepts('record.any-order', {
    needs: hasRoom,
    run: async kit => {
      const session = await kit.session()
      // Gaps, steps back, the lower edge of the window, and numbers a window's width apart that a bitmap could confuse.
      for (const seq of [3n, 2n, 900n, 5n, 1027n, 4n, 1028n, 1029n, 2053n, 1030n, 3077n, 2054n]) {
        const found = judgeAcceptance(await kit.ask(session, { seq }), `record ${seq}`)
        if (found) return found
      }
      return undefined
    },
  }),
  accepts('record.once', {
    needs: { alone: true },
    run: async kit => {
      const session = await kit.session()
      const prepared = kit.prepare(kit.draft(session))
      const answers = await Promise.all(Array.from({ length: 6 }, () => kit.send(session, prepared)))
      const accepted = answers.filter(isAccepted).length
      const expected = 'exactly one of six copies of a record at once is accepted'
      const busy = answers.find(({ kind }) => kind === 'busy')
      if (accepted === 0 && busy) return brokenBy(busy, expected)
      if (accepted !== 1) return broken(`accepted-${accepted}`, expected, `${accepted} were accepted`)
      const refused = answers.filter(answer => !isAccepted(answer))
      return firstOf(...refused.map(answer => judgeRefusal(answer, authenticationFailed)))
    },
  }),
  accepts('record.nonce-random', {
    run: async kit => {
      const session = await kit.provisionalSession()
      const nonces: bigint[] = []
      for (let count = 0; count < NONCES; count++) {
        const answer = await kit.ping(session)
        if (answer.kind !== 'success') return judgeAcceptance(answer, 'a ping')
        nonces.push(nonceOf(answer))
      }
      const found = patternIn(nonces)
      return found === undefined
        ? undefined
        : broken('nonce-pattern', 'the nonce of every record drawn at random', found)
    },
  }),
  accepts('record.seq-from-zero', {
    run: async kit => {
      const session = await kit.provisionalSession()
      for (const expected of [0n, 1n, 2n]) {
        const answer = await kit.ping(session)
        if (answer.kind !== 'success') return judgeAcceptance(answer, 'a ping')
        if (answer.seq !== expected)
          return broken('sequence', `the responder's record ${expected}`, `its record is numbered ${answer.seq}`)
      }
      return undefined
    },
  }),
]
