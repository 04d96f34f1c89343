import { ECHO_TASK, STREAM_MEDIA_TYPE } from '../../schemas/index.js'
import type { Answer } from '../probe/initiator/answer.js'
import { headerValues } from '../probe/net/response-reader.js'
import type { SessionDraft } from '../probe/initiator/session-draft.js'
import { accepts, rejects } from '../runner/check.js'
import { broken, judgeRefusal, type Broken } from '../runner/judgement.js'
import type { Kit } from '../runner/kit.js'
import { judgeEcho, judgeErrorEnd, judgeFinish } from '../runner/stream-judgement.js'
import { isJsonMediaType } from './media-type.js'
import { echoes, inChunksOf, openStalling, stallingChunks, stalls } from './stream-needs.js'

const overHttp = { transport: 'http', capability: 'stream' } as const
const echoesOverHttp = { ...echoes, transport: 'http' } as const
const LINE_TYPE = new RegExp(`^${STREAM_MEDIA_TYPE}(?:\\s*;.*)?$`, 'i')

/** A chunk that is a whole stream, for the honest twin. */
const whole = (next: SessionDraft, kit: Kit): SessionDraft =>
  kit.target.capabilities.has('echo') ? { ...next, task_id: ECHO_TASK, stream: { id: 's', seq: 0, end: true } } : next

const ofStream =
  (stream: SessionDraft['stream']) =>
  (next: SessionDraft): SessionDraft => ({ ...next, stream })

/** What is wrong with the head of an answer in lines, or nothing. */
const judgeHead = (answer: Answer): Broken | undefined => {
  const { headers } = answer.response ?? { headers: [] }
  const values = headerValues(headers, 'cache-control')
  return values.join().toLowerCase().includes('no-store')
    ? undefined
    : broken('header-cache-control', 'Cache-Control: no-store', `Cache-Control: ${values.join(', ') || '(absent)'}`)
}

/** Streams over HTTP: one message, and an answer in lines. */
export const streamHttpChecks = [
  accepts('stream.http-answer', {
    also: ['http.no-store'],
    needs: echoesOverHttp,
    run: async kit => {
      const stream = kit.stream(await kit.session(), inChunksOf(3))
      await stream.open(kit.entropy(10), true)
      const last = await stream.finish()
      return judgeEcho(stream, last, `four chunks in the lines of ${STREAM_MEDIA_TYPE}`) ?? judgeHead(last)
    },
  }),
  accepts('stream.http-answer', {
    variant: 'error',
    needs: overHttp,
    run: async kit => {
      const stream = kit.stream(await kit.session(), { task_id: 'sage/ping@v1' })
      await stream.open(undefined, true)
      return judgeErrorEnd(stream, 'stream_violation')
    },
  }),
  accepts('stream.http-answer', {
    variant: 'not-opened',
    also: ['error.plain-until-open'],
    needs: overHttp,
    run: async kit => {
      const session = await kit.session()
      const draft = kit.draft(session, { stream: { id: 's', seq: 0, end: true } })
      const answer = await kit.send(session, { ...draft, key: kit.entropy(32) })
      const found = judgeRefusal(answer, { plain: 'authentication_failed' })
      if (found || isJsonMediaType(answer.response?.headers ?? [])) return found
      return broken('media-type', 'a plain error of media type application/json', 'another media type')
    },
  }),
  rejects('stream.http-open', {
    needs: overHttp,
    subject: 'session message',
    given: whole,
    forged: {
      'to be gone on with': ofStream({ id: 's', seq: 0, end: false }),
      'not the first chunk': ofStream({ id: 's', seq: 1, end: true }),
      'a credit': ofStream({ id: 's', credit: 1000 }),
      'a cancellation': ofStream({ id: 's', cancel: true }),
    },
    expect: { authenticated: 'stream_violation', stream: true, headers: { 'content-type': LINE_TYPE } },
    after: ['session-lives'],
  }),
  accepts('stream.http-no-credit', {
    needs: { ...stalls, transport: 'http' },
    run: async kit => {
      const stream = kit.stream(await kit.session(), inChunksOf(1))
      await openStalling(kit, stream)
      return judgeFinish(stream, `${stallingChunks(kit.target)} chunks, no control among them, without any credit`)
    },
  }),
]
