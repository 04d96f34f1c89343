import { encodeBase64 } from '../probe/bytes/base64.js'
import type { SessionDraft } from '../probe/initiator/session-draft.js'
import type { StreamFields } from '../probe/wire/aad.js'
import { accepts, rejects, type Prepared } from '../runner/check.js'
import { judgeRefusal } from '../runner/judgement.js'
import { awaitRoom, judgeFinish } from '../runner/stream-judgement.js'
import { begunWithCredit, echoesOverWs, oneStreamOnly } from './stream-needs.js'

const authenticationFailed = { plain: 'authentication_failed' } as const
const livesOn = ['same-bytes-accepted', 'other-stream-lives', 'session-lives'] as const

const tampered =
  (change: Partial<StreamFields>) =>
  ({ envelope, stream }: Prepared<SessionDraft>) => ({ ...envelope, stream: { ...stream, ...change } })

const spoilt = ({ envelope, record }: Prepared<SessionDraft>) => ({
  ...envelope,
  payload: encodeBase64(record.with(-1, (record.at(-1) ?? 0) ^ 1)),
})

/** Messages of a stream that do not open: they are nothing to it. */
export const streamContinuationChecks = [
  rejects('stream.broken-continuation', {
    subject: 'message of a stream',
    needs: echoesOverWs,
    tampered: {
      'a bit of the tag': spoilt,
      'another seq': tampered({ seq: 2 }),
      'another end': tampered({ end: false }),
      'the id of no stream': next => ({ ...next.envelope, stream: { ...next.stream, id: 'nobody' } }),
      'no stream': ({ envelope: { stream: _stream, ...rest } }) => rest,
    },
    expect: authenticationFailed,
    after: livesOn,
  }),
  rejects('stream.broken-continuation', {
    subject: 'message of a stream',
    needs: echoesOverWs,
    variant: 'control',
    given: begunWithCredit(4),
    tampered: {
      'a bit of the tag': spoilt,
      'more credit': tampered({ credit: 2 ** 32 - 1 }),
      'less credit': tampered({ credit: 0 }),
      'a cancellation': ({ envelope, stream }) => ({ ...envelope, stream: { id: stream!.id, cancel: true } }),
    },
    expect: authenticationFailed,
    after: livesOn,
  }),
  accepts('stream.broken-continuation', {
    variant: 'replayed',
    also: ['record.replay'],
    needs: echoesOverWs,
    run: async kit => {
      const session = await kit.session()
      const stream = kit.stream(session)
      const opening = stream.draftChunk()
      await stream.send(opening)
      await awaitRoom(stream)
      const chunk = kit.prepare(stream.draftChunk())
      await stream.send(chunk)
      await stream.send(stream.draftCredit(stream.allowed + 2))
      for (const [what, again] of [
        ['a chunk once more', chunk],
        [
          'the next chunk in the record number of the opening',
          stream.draft({ seq: 2, end: true }, { seq: opening.seq }),
        ],
      ] as const) {
        const found = judgeRefusal(await kit.send(session, again), authenticationFailed)
        if (found) return { ...found, observed: `${what}: ${found.observed}` }
      }
      return judgeFinish(stream, 'the stream goes on to its end')
    },
  }),
  accepts('stream.broken-continuation', {
    variant: 'spliced',
    also: ['message.stream-bound'],
    needs: { ...echoesOverWs, unobservable: oneStreamOnly },
    run: async kit => {
      const session = await kit.session()
      const [one, other] = [kit.stream(session), kit.stream(session)]
      await one.open()
      await other.open()
      await awaitRoom(one)
      const next = kit.prepare(one.draftChunk(undefined, true))
      const moved = kit.conversation.post(tampered({ id: other.id })(next))
      const found = judgeRefusal(await kit.send(session, next, moved), authenticationFailed)
      if (found) return found
      await one.send(next)
      return (
        (await judgeFinish(one, 'the stream whose chunk was moved goes on to its end')) ??
        judgeFinish(other, 'the stream into which it was moved goes on to its end')
      )
    },
  }),
]
