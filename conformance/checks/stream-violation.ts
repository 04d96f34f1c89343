import { CLOSE_TASK, ECHO_TASK, MAX_PING_BYTES, PING_TASK } from '../../schemas/index.js'
import type { SessionDraft } from '../probe/initiator/session-draft.js'
import type { StreamFields } from '../probe/wire/aad.js'
import { accepts, rejects } from '../runner/check.js'
import { judgeAcceptance, judgeRefusal } from '../runner/judgement.js'
import { interruptedBy } from '../runner/kit.js'
import { awaitRoom, judgeErrorEnd, judgeFinish, judgeSilence } from '../runner/stream-judgement.js'
import {
  begunWithCredit,
  echoesOverWs,
  inChunksOf,
  oneStreamOnly,
  openStalling,
  stallingChunks,
  stalls,
} from './stream-needs.js'

const violation = { ends: 'stream_violation' } as const
const contained = ['stream-over', 'other-stream-lives', 'session-lives'] as const
const refused = { authenticated: 'stream_violation', stream: true } as const

/** The message with another `stream`. */
const naming = <Message extends SessionDraft>(next: Message, change: Partial<StreamFields>): Message => ({
  ...next,
  stream: { ...next.stream!, ...change },
})

/** A chunk, or a control, as far as one that names no stream can be told from another. */
const ofNoStream = {
  'seq 1': { seq: 1, end: false },
  'seq 1, the last': { seq: 1, end: true },
  'the highest seq': { seq: 2 ** 32 - 1, end: true },
} as const

/** What breaks a stream, and what is left of it. */
export const streamViolationChecks = [
  rejects('stream.gap', {
    subject: 'message of a stream',
    needs: echoesOverWs,
    forged: {
      'one left out': next => naming(next, { seq: 2 }),
      'far ahead': next => naming(next, { seq: 2 ** 32 - 1 }),
      'the opening again': next => naming(next, { seq: 0 }),
    },
    expect: violation,
    after: contained,
  }),
  rejects('stream.gap', {
    subject: 'message of a stream',
    needs: echoesOverWs,
    variant: 'repeated',
    given: async stream => {
      await stream.open()
      await awaitRoom(stream)
      await stream.send(stream.draftChunk())
      await stream.send(stream.draftCredit(stream.allowed + 2))
      await awaitRoom(stream)
      return stream.draftChunk(undefined, true)
    },
    forged: next => naming(next, { seq: 1 }),
    expect: violation,
    after: contained,
  }),
  rejects('stream.after-end', {
    subject: 'message of a stream',
    needs: stalls,
    stream: inChunksOf(1),
    given: async (stream, kit) => {
      await openStalling(kit, stream)
      return stream.draftCredit(stallingChunks(kit.target))
    },
    forged: {
      'another chunk': (next, _twin, kit) => ({
        ...next,
        plaintext: kit.entropy(3),
        stream: { id: next.stream!.id, seq: 1, end: false },
      }),
      'another end': next => ({ ...next, stream: { id: next.stream!.id, seq: 1, end: true } }),
    },
    expect: violation,
    after: contained,
  }),
  rejects('stream.task-changed', {
    subject: 'message of a stream',
    needs: echoesOverWs,
    forged: {
      ping: next => ({ ...next, task_id: PING_TASK }),
      close: next => ({ ...next, task_id: CLOSE_TASK }),
    },
    expect: violation,
    after: contained,
  }),
  rejects('stream.task-changed', {
    subject: 'message of a stream',
    needs: echoesOverWs,
    variant: 'control',
    given: begunWithCredit(1),
    forged: {
      credit: next => ({ ...next, task_id: PING_TASK }),
      cancel: next => ({ ...next, task_id: PING_TASK, stream: { id: next.stream!.id, cancel: true } }),
    },
    expect: violation,
    after: contained,
  }),
  rejects('stream.control-empty', {
    subject: 'message of a stream',
    needs: echoesOverWs,
    given: begunWithCredit(1),
    forged: {
      credit: next => ({ ...next, plaintext: Uint8Array.of(0) }),
      cancel: (next, _twin, kit) => ({
        ...next,
        plaintext: kit.entropy(9),
        stream: { id: next.stream!.id, cancel: true },
      }),
    },
    expect: violation,
    after: contained,
  }),
  rejects('stream.unknown', {
    needs: { capability: 'stream' },
    also: ['error.authenticated-after-open'],
    subject: 'session message',
    given: (draft, kit) => (kit.target.capabilities.has('echo') ? { ...draft, task_id: ECHO_TASK } : draft),
    forged: Object.fromEntries(
      Object.entries(ofNoStream).map(([name, stream]) => [
        name,
        (next: SessionDraft): SessionDraft => ({ ...next, stream: { id: 'nobody', ...stream } }),
      ]),
    ),
    expect: refused,
    after: ['session-lives'],
  }),
  accepts('stream.unknown', {
    variant: 'over',
    needs: echoesOverWs,
    run: async kit => {
      const session = await kit.session()
      const stream = kit.stream(session)
      await stream.open(undefined, true)
      const last = await stream.finish()
      if (last.kind !== 'chunk') throw interruptedBy(last, 'an echo of one chunk')
      return (
        judgeRefusal(await kit.send(session, stream.draftChunk(undefined, true)), refused) ??
        judgeSilence(kit, stream, 'nothing comes of a stream that is over')
      )
    },
  }),
  accepts('stream.other-connection', {
    needs: echoesOverWs,
    run: async kit => {
      const session = await kit.session()
      const stream = kit.stream(session)
      await stream.open()
      await awaitRoom(stream)
      for (const [where, other] of [
        ['another connection', kit.over('ws')],
        ['HTTP', kit.over('http')],
      ] as const) {
        const found = judgeRefusal(await other.send(session, stream.draft({ seq: 1, end: true })), refused)
        if (found) return { ...found, observed: `over ${where}: ${found.observed}` }
      }
      return judgeFinish(stream, 'the stream goes on over its own connection')
    },
  }),
  rejects('stream.task', {
    needs: { capability: 'stream' },
    subject: 'session message',
    forged: {
      ping: next => ({ ...next, stream: { id: 's', seq: 0, end: true } }),
      close: next => ({ ...next, task_id: CLOSE_TASK, stream: { id: 's', seq: 0, end: true } }),
      'ping, to be gone on with': next => ({ ...next, stream: { id: 's', seq: 0, end: false } }),
      'close, to be gone on with': next => ({
        ...next,
        task_id: CLOSE_TASK,
        stream: { id: 's', seq: 0, end: false },
      }),
    },
    expect: refused,
    after: ['session-lives'],
  }),
  accepts('error.precedence', {
    variant: 'stream',
    needs: { capability: 'stream' },
    run: async kit => {
      const session = await kit.session()
      for (const [what, error, wish] of [
        ['task before stream', 'task_unsupported', { task_id: 'nobody/serves-this@v1' }],
        ['encoding before stream', 'encoding_unsupported', { encoding: 'x-none' }],
        ['stream before arguments', 'stream_violation', { plaintext: kit.entropy(MAX_PING_BYTES + 1) }],
      ] as const) {
        const answer = await kit.ask(session, { ...wish, stream: { id: 's', seq: 1, end: true } })
        const found = judgeRefusal(answer, { authenticated: error, stream: true })
        if (found) return { ...found, observed: `${what}: ${found.observed}` }
      }
      return undefined
    },
  }),
  accepts('error.precedence', {
    variant: 'live-stream',
    needs: echoesOverWs,
    run: async kit => {
      const session = await kit.session()
      for (const [what, error, member, wish] of [
        ['task before stream.task-changed', 'task_unsupported', { credit: 1000 }, { task_id: 'nobody/serves-this@v1' }],
        ['task before stream.gap', 'task_unsupported', { seq: 5, end: true }, { task_id: 'nobody/serves-this@v1' }],
        ['encoding before stream.gap', 'encoding_unsupported', { seq: 5, end: true }, { encoding: 'x-none' }],
        [
          'encoding before stream.task-changed',
          'encoding_unsupported',
          { seq: 1, end: true },
          { task_id: PING_TASK, encoding: 'x-none' },
        ],
      ] as const) {
        const stream = kit.stream(session)
        await stream.open()
        await awaitRoom(stream)
        await stream.send(stream.draft(member, wish))
        const found = await judgeErrorEnd(stream, error)
        if (found) return { ...found, observed: `${what}: ${found.observed}` }
      }
      return undefined
    },
  }),
  accepts('stream.violation-contained', {
    needs: echoesOverWs,
    run: async kit => {
      const session = await kit.session()
      const { maxStreams } = kit.target.limits
      const other = (maxStreams > 1 ? kit : kit.over('ws')).stream(session)
      await other.open()
      for (const bad of [{ seq: 5, end: false }, { seq: 0, end: true }, { credit: 0 }]) {
        const stream = kit.stream(session)
        await stream.open()
        await stream.send(stream.draft(bad))
        const found =
          (await judgeErrorEnd(stream, 'stream_violation')) ??
          judgeAcceptance(await kit.ping(session), 'after a violation, a ping over the same connection')
        if (found) return found
      }
      return judgeFinish(other, 'another stream of the connection goes on to its end')
    },
  }),
  accepts('stream.violation-contained', {
    variant: 'spliced',
    needs: { ...echoesOverWs, unobservable: oneStreamOnly },
    run: async kit => {
      const session = await kit.session()
      const [one, other] = [kit.stream(session), kit.stream(session)]
      await one.open()
      await other.open()
      await awaitRoom(one)
      await one.send(one.draftChunk())
      await awaitRoom(one)
      await other.send(other.draft({ seq: 2, end: true }, { plaintext: kit.entropy(8) }))
      return (
        (await judgeErrorEnd(other, 'stream_violation')) ??
        judgeFinish(one, 'the stream that a chunk was numbered for goes on to its end')
      )
    },
  }),
]
