import { CLOSE_TASK, ECHO_TASK, MAX_PING_BYTES } from '../../schemas/index.js'
import { isEqual } from '../probe/crypto/hash.js'
import type { Answer } from '../probe/initiator/answer.js'
import type { ProbeSession, SessionDraft } from '../probe/initiator/session-draft.js'
import { accepts, rejects } from '../runner/check.js'
import { sessionsAtOnce } from './sessions-at-once.js'
import { broken, brokenBy, firstOf, judgeAcceptance, judgeRefusal, type Broken } from '../runner/judgement.js'
import type { Kit } from '../runner/kit.js'

const judgePlaintext = (answer: Answer, expected: Uint8Array, what: string): Broken | undefined => {
  if (answer.kind !== 'success') return brokenBy(answer, what)
  return isEqual(answer.plaintext, expected)
    ? undefined
    : broken('plaintext', what, `a plaintext of ${answer.plaintext.length} bytes that is not the one expected`)
}

const DELAY_MS = 300
/** Milliseconds that clocks and timers may be off. */
const CLOCK_GRAIN_MS = 20

/** Under a clock that both sides share and that stands still: five pings one after the other take less than the delay. */
const judgeOrder = async (
  kit: Kit,
  session: ProbeSession,
  wish: Pick<SessionDraft, 'plaintext' | 'metadata'>,
): Promise<Broken | undefined> => {
  let isDone = false
  const slow = kit.ask(session, { task_id: ECHO_TASK, ...wish }).then(answer => {
    isDone = true
    return answer
  })
  for (let count = 0; count < 5; count++) await kit.ping(session)
  const early = isDone
  const found = judgePlaintext(await slow, wish.plaintext, 'the plaintext of a slow echo')
  if (found || !early) return found
  return broken(
    'early',
    `an echo that is asked to wait ${DELAY_MS} ms answered after five pings`,
    'it was answered before',
  )
}

/** The tasks that every responder serves. */
export const taskChecks = [
  accepts('task.ping', {
    prerequisite: true,
    also: ['message.request-aad', 'message.response-aad', 'record.layout'],
    run: async kit => {
      const session = await kit.provisionalSession()
      for (const length of [0, 1, 16, 255, MAX_PING_BYTES]) {
        const plaintext = kit.entropy(length)
        const found = judgePlaintext(
          await kit.ask(session, { plaintext }),
          plaintext,
          `the ${length} bytes of the ping`,
        )
        if (found) return found
      }
      return undefined
    },
  }),
  accepts('message.request-aad', {
    variant: 'metadata',
    also: ['message.response-aad'],
    run: async kit => {
      const session = await kit.session()
      const long = { id: 'i'.repeat(128), metadata: { zeta: '', alpha: 'x'.repeat(1024), 'a-b_c': ' ~' } }
      return firstOf(
        judgeAcceptance(
          await kit.ask(session, long),
          'a message with metadata in no order and an id of 128 characters',
        ),
        judgeAcceptance(await kit.ask(session, { metadata: {} }), 'a message with empty metadata'),
      )
    },
  }),
  rejects('task.ping-limit', {
    subject: 'session message',
    forged: (next, _twin, kit) => ({ ...next, plaintext: kit.entropy(MAX_PING_BYTES + 1) }),
    expect: { authenticated: 'payload_too_large' },
    after: ['session-lives'],
  }),
  rejects('task.unknown', {
    subject: 'session message',
    forged: {
      'a task of nobody': next => ({ ...next, task_id: 'nobody/serves-this@v1' }),
      'another version': next => ({ ...next, task_id: 'sage/ping@v2' }),
      'the handshake': next => ({ ...next, task_id: 'hpke/complete@v1' }),
      'a name of every object': next => ({ ...next, task_id: 'constructor' }),
    },
    expect: { authenticated: 'task_unsupported' },
    after: ['session-lives'],
  }),
  accepts('task.close', {
    run: async kit => {
      const session = await kit.session()
      const answer = await kit.ask(session, { task_id: CLOSE_TASK, plaintext: kit.entropy(9) })
      return judgePlaintext(answer, new Uint8Array(0), 'an empty answer to close')
    },
  }),
  accepts('task.close-ends', {
    needs: sessionsAtOnce(2),
    run: async kit => {
      const [session, other] = [await kit.session(), await kit.session()]
      const close = kit.prepare(kit.draft(session, { task_id: CLOSE_TASK, plaintext: new Uint8Array(0) }))
      return firstOf(
        judgeAcceptance(await kit.send(session, close), 'close'),
        judgeRefusal(await kit.ping(session), { plain: 'session_unknown' }),
        judgeRefusal(await kit.send(session, close), { plain: 'session_unknown' }),
        judgeAcceptance(await kit.ping(other), 'a message of another session of the same initiator'),
      )
    },
  }),
  accepts('task.echo', {
    needs: { capability: 'echo' },
    run: async kit => {
      const session = await kit.session()
      for (const length of [0, 1, 4097, 40_000]) {
        const plaintext = kit.entropy(length)
        const answer = await kit.ask(session, { task_id: ECHO_TASK, plaintext })
        const found = judgePlaintext(answer, plaintext, `the ${length} bytes that were to be echoed`)
        if (found) return found
      }
      return undefined
    },
  }),
  accepts('task.echo-delay', {
    needs: { capability: 'echo' },
    run: async kit => {
      const session = await kit.session()
      const plaintext = kit.entropy(8)
      const metadata = { 'delay-ms': String(DELAY_MS) }
      if (kit.clock.exact) return judgeOrder(kit, session, { plaintext, metadata })
      const before = kit.clock.now()
      const answer = await kit.ask(session, { task_id: ECHO_TASK, plaintext, metadata })
      const took = Number((kit.clock.now() - before) / 1_000_000n)
      const found = judgePlaintext(answer, plaintext, 'the plaintext of a slow echo')
      if (found || took >= DELAY_MS - CLOCK_GRAIN_MS) return found
      return broken('early', `an echo that is asked to wait ${DELAY_MS} ms answered no sooner`, `it took ${took} ms`)
    },
  }),
  rejects('task.echo-delay-form', {
    needs: { capability: 'echo' },
    subject: 'session message',
    given: draft => ({ ...draft, task_id: ECHO_TASK, metadata: { 'delay-ms': '0' } }),
    forged: {
      'above its limit': next => ({ ...next, metadata: { 'delay-ms': '10000' } }),
      'a leading zero': next => ({ ...next, metadata: { 'delay-ms': '01' } }),
      'a sign': next => ({ ...next, metadata: { 'delay-ms': '-1' } }),
      'a fraction': next => ({ ...next, metadata: { 'delay-ms': '1.0' } }),
      nothing: next => ({ ...next, metadata: { 'delay-ms': '' } }),
      'a space': next => ({ ...next, metadata: { 'delay-ms': ' 1' } }),
    },
    expect: { authenticated: 'malformed' },
    after: ['session-lives'],
  }),
  rejects('task.encoding', {
    subject: 'session message',
    forged: {
      'for a ping': next => ({ ...next, encoding: 'x-none' }),
      'for close': next => ({ ...next, task_id: CLOSE_TASK, encoding: 'x-none' }),
    },
    expect: { authenticated: 'encoding_unsupported' },
    after: ['session-lives'],
  }),
  rejects('task.stream', {
    needs: {
      unobservable: ({ capabilities }) => (capabilities.has('stream') ? 'the target declares stream' : undefined),
    },
    subject: 'session message',
    forged: {
      'a chunk': next => ({ ...next, stream: { id: 's', seq: 0, end: true } }),
      'a credit': next => ({ ...next, stream: { id: 's', credit: 1 } }),
      'a chunk for close': next => ({ ...next, task_id: CLOSE_TASK, stream: { id: 's', seq: 0, end: true } }),
    },
    expect: { authenticated: 'stream_violation' },
    after: ['session-lives'],
  }),
]
