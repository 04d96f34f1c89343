import fc from 'fast-check'
import t from 'tap'
import type { Stream } from '../../../schemas/index.js'
import { defaultLimits } from '../../../schemas/index.js'
import { firstRefusal } from '../../bytes/guard.js'
import { chunkGuards } from '../chunk-guards.js'
import { streamGuards, type StreamContext } from '../stream-guards.js'
import { isChunk, StreamState } from '../stream-state.js'

// The counting of a stream and its guards, against the sentences of stream.md read one by one.

const WINDOW = 3
const TASK = 'sage/echo@v1'

type Event =
  | { readonly kind: 'message'; readonly member: Stream; readonly task: string; readonly empty: boolean }
  | { readonly kind: 'taken' }

const near = fc.nat({ max: 6 })
const member: fc.Arbitrary<Stream> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ id: fc.constant('s'), seq: near, end: fc.boolean() }) },
  fc.record({ id: fc.constant('s'), credit: fc.nat({ max: 8 }) }),
  fc.record({ id: fc.constant('s'), cancel: fc.constant(true as const) }),
)
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('message' as const),
      member,
      task: fc.constantFrom(TASK, TASK, TASK, 'sage/ping@v1'),
      empty: fc.boolean(),
    }),
  },
  fc.record({ kind: fc.constant('taken' as const) }),
)

/** The history of one live stream, and what the sentences say about one more message. */
class Model {
  readonly chunks: { seq: number; end: boolean }[] = []
  readonly credits: number[] = []
  taken = 0

  isViolation({ member, task, empty }: Extract<Event, { kind: 'message' }>): boolean {
    if (task !== TASK) return true
    if (!('seq' in member)) {
      const isShrinking = 'credit' in member && [WINDOW, ...this.credits].some(earlier => member.credit < earlier)
      return !empty || isShrinking
    }
    const isNext = member.seq === this.chunks.length
    const hasEnded = this.chunks.some(({ end }) => end)
    const isCovered = this.chunks.length < this.taken + WINDOW
    return !isNext || hasEnded || !isCovered
  }
}

const contextOf = (live: StreamState, { member, task, empty }: Extract<Event, { kind: 'message' }>): StreamContext =>
  ({
    message: { task_id: task },
    member,
    plaintext: new Uint8Array(empty ? 0 : 1),
    transport: 'ws',
    live,
    task: () => undefined,
    streams: { size: 1 },
    limits: defaultLimits,
  }) as unknown as StreamContext

t.test('a message is taken into a live stream exactly when no sentence is against it', async t => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), events => {
      const live = new StreamState({ id: 's', task: TASK, window: WINDOW })
      const model = new Model()
      for (const event of events) {
        if (event.kind === 'taken') {
          if (model.taken === model.chunks.length) continue
          live.give(++model.taken + WINDOW)
          continue
        }
        const isRefused = firstRefusal(streamGuards, contextOf(live, event)) !== undefined
        if (isRefused !== model.isViolation(event)) return false
        if (isRefused) return true
        if (isChunk(event.member)) {
          live.receive(event.member)
          model.chunks.push(event.member)
        } else if ('credit' in event.member) {
          live.raise(event.member.credit)
          model.credits.push(event.member.credit)
        }
        if (live.received !== model.chunks.length || live.credit !== Math.max(WINDOW, ...model.credits)) return false
      }
      return true
    }),
    { numRuns: 3000 },
  )
  t.pass()
})

t.test(
  'an initiator takes a chunk exactly when it is the next, none was the last, and credit was given for it',
  async t => {
    const chunk = fc.record({ seq: near, end: fc.boolean() })
    fc.assert(
      fc.property(fc.array(fc.tuple(chunk, fc.boolean()), { maxLength: 20 }), steps => {
        const live = new StreamState({ id: 's', task: TASK, window: WINDOW })
        const taken: { seq: number; end: boolean }[] = []
        for (const [next, isCreditGiven] of steps) {
          if (isCreditGiven) live.give(live.given + 1)
          const refused = firstRefusal(chunkGuards, { chunk: { id: 's', ...next }, live }) !== undefined
          const isRight = next.seq === taken.length && !taken.some(({ end }) => end) && taken.length < live.given
          if (refused === isRight) return false
          if (refused) return true
          live.receive({ id: 's', ...next })
          taken.push(next)
        }
        return true
      }),
      { numRuns: 3000 },
    )
    t.pass()
  },
)

t.test('what is sent is numbered from 0 without a gap', async t => {
  const live = new StreamState({ id: 's', task: TASK, window: WINDOW })
  t.same(
    [live.send(false), live.send(false), live.send(true)],
    [
      { id: 's', seq: 0, end: false },
      { id: 's', seq: 1, end: false },
      { id: 's', seq: 2, end: true },
    ],
  )
  t.equal(live.ended, true)
})
