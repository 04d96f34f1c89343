import { encodeBase64url } from '../probe/bytes/base64.js'
import { parseHex } from '../probe/bytes/hex.js'
import { parseHandshakeResponse } from '../probe/handshake/response.js'
import { describeAnswer } from '../probe/initiator/answer.js'
import { payloadTextOf, type HandshakeDraft } from '../probe/initiator/handshake-draft.js'
import { Refusal } from '../probe/refusal.js'
import { accepts, rejects } from '../runner/check.js'
import { broken, brokenBy, judgeAcceptance } from '../runner/judgement.js'

const leavesNoTrace = ['no-session', 'same-bytes-accepted'] as const

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

/** The handshake: that it is answered, and the form that it must have. */
export const handshakeChecks = [
  accepts('handshake.answered', {
    prerequisite: true,
    also: ['http.endpoint'],
    run: async kit => {
      const answer = await kit.shakeHands()
      const what = `${answer.response ? 'HTTP 200 and ' : ''}a handshake response`
      const { body } = answer
      if (!body || answer.kind === 'plain' || answer.kind === 'http' || answer.kind === 'busy')
        return brokenBy(answer, what)
      try {
        parseHandshakeResponse(body)
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
]
