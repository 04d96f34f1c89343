import { ECHO_TASK, MAX_CHUNK_SIZE, MAX_ECHO_CHUNKS } from '../../schemas/index.js'
import { isEqual } from '../probe/crypto/hash.js'
import type { SessionDraft } from '../probe/initiator/session-draft.js'
import type { StreamConversation } from '../probe/initiator/stream-conversation.js'
import { accepts, rejects } from '../runner/check.js'
import { broken, brokenBy, type Broken } from '../runner/judgement.js'
import type { Kit } from '../runner/kit.js'
import { judgeFinish } from '../runner/stream-judgement.js'
import { echoes, echoesOverWs, inChunksOf, tooFewRecordsFor } from './stream-needs.js'

/** An echo in chunks: they have to be of the size that was asked for, the last of what is left. */
const judgeChunks = async (kit: Kit, bytes: number, size: number): Promise<Broken | undefined> => {
  const stream = kit.stream(await kit.session(), inChunksOf(size))
  await stream.open(kit.entropy(bytes), true)
  const count = Math.max(1, Math.ceil(bytes / size))
  const what = `${bytes} bytes in ${count} chunks of ${size}`
  const found = await judgeFinish(stream, what)
  if (found) return found
  const lengths = stream.received.map(({ length }) => length)
  const expected = Array.from({ length: count }, (_, index) => Math.min(size, bytes - index * size))
  return lengths.join() === expected.join() ? undefined : broken('sizes', what, `chunks of ${lengths.join(', ')} bytes`)
}

const openWhole = async (stream: StreamConversation, kit: Kit): Promise<SessionDraft> =>
  stream.draftChunk(kit.entropy(3), true)

const asking =
  (size: string) =>
  (next: SessionDraft): SessionDraft => ({ ...next, ...inChunksOf(size) })

/** The echo as a stream, which is what all that streams do is tried with. */
export const streamEchoChecks = [
  accepts('task.echo-stream', {
    needs: echoesOverWs,
    run: async kit => {
      const stream = kit.stream(await kit.session())
      const plaintexts = [3, 0, 700, 1].map(length => kit.entropy(length))
      for (const [index, plaintext] of plaintexts.entries())
        if (!(await stream.chunk(plaintext, index === plaintexts.length - 1)))
          return brokenBy(await stream.next(), 'credit for four chunks, as those before are taken')
      const what = 'a chunk for each of four chunks, of the same plaintext'
      const found = await judgeFinish(stream, what)
      if (found) return found
      const same = stream.received.every((each, index) => isEqual(each, plaintexts[index] ?? new Uint8Array(1)))
      if (same && stream.received.length === plaintexts.length) return undefined
      return broken('chunks', what, `${stream.received.length} chunks that are not those`)
    },
  }),
  accepts('task.echo-stream', {
    variant: 'one-chunk',
    needs: echoes,
    run: async kit => {
      const session = await kit.session()
      for (const length of [0, 1, 40_000]) {
        const stream = kit.stream(session)
        await stream.open(kit.entropy(length), true)
        const found = await judgeFinish(stream, `one chunk of ${length} bytes`)
        if (found) return found
        if (stream.received.length !== 1) return broken('chunks', 'one chunk', `${stream.received.length} chunks`)
      }
      return undefined
    },
  }),
  accepts('task.echo-chunks', {
    needs: echoes,
    run: async kit => {
      for (const [bytes, size] of [
        [7, 3],
        [6, 3],
        [3, 3],
        [2, 3],
        [0, 3],
        [5, MAX_CHUNK_SIZE],
      ] as const) {
        const found = await judgeChunks(kit, bytes, size)
        if (found) return found
      }
      return undefined
    },
  }),
  accepts('task.echo-chunks', {
    variant: 'most',
    needs: { ...echoes, transport: 'http', unobservable: target => tooFewRecordsFor(MAX_ECHO_CHUNKS, target) },
    run: kit => judgeChunks(kit, 2 * MAX_ECHO_CHUNKS - 1, 2),
  }),
  accepts('task.echo', {
    variant: 'without-a-stream',
    needs: { capability: 'echo' },
    run: async kit => {
      const plaintext = kit.entropy(9)
      const answer = await kit.ask(await kit.session(), { task_id: ECHO_TASK, plaintext, ...inChunksOf('no size') })
      const what = 'the plaintext, since chunk_size means nothing without a stream'
      if (answer.kind !== 'success') return brokenBy(answer, what)
      return isEqual(answer.plaintext, plaintext) ? undefined : broken('plaintext', what, 'another plaintext')
    },
  }),
  rejects('task.echo-chunks-form', {
    subject: 'message of a stream',
    needs: echoes,
    stream: inChunksOf(1),
    given: openWhole,
    forged: {
      zero: asking('0'),
      'above its limit': asking(String(MAX_CHUNK_SIZE + 1)),
      'a leading zero': asking('01'),
      'a sign': asking('+1'),
      'below zero': asking('-1'),
      'a fraction': asking('1.0'),
      'an exponent': asking('1e1'),
      'a space': asking('1 '),
      nothing: asking(''),
      'too many chunks': (next, _twin, kit) => ({ ...next, plaintext: kit.entropy(MAX_ECHO_CHUNKS + 1) }),
    },
    expect: { ends: 'malformed' },
    after: ['stream-over', 'session-lives'],
  }),
  rejects('task.echo-chunks-form', {
    variant: 'not-ended',
    subject: 'message of a stream',
    needs: echoesOverWs,
    stream: inChunksOf(1),
    given: openWhole,
    forged: next => ({ ...next, stream: { ...next.stream!, end: false } }),
    expect: { ends: 'malformed' },
    after: ['stream-over', 'session-lives'],
  }),
]
