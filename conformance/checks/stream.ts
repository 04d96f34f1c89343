import type { StreamConversation } from '../probe/initiator/stream-conversation.js'
import { accepts } from '../runner/check.js'
import type { Broken } from '../runner/judgement.js'
import type { Kit } from '../runner/kit.js'
import { awaitRoom, judgeErrorEnd, judgeFinish, judgeSilence } from '../runner/stream-judgement.js'
import { sessionsAtOnce } from './sessions-at-once.js'
import { echoes, echoesOverWs, inChunksOf, oneStreamOnly } from './stream-needs.js'

/** An echo of two chunks over WebSocket, of one in two over HTTP: whatever a transport has of a stream. */
const openTwo = async (kit: Kit): Promise<StreamConversation> => {
  const session = await kit.session()
  const stream = kit.stream(session, kit.conversation.socket ? {} : inChunksOf(4))
  await stream.open(kit.entropy(8), !kit.conversation.socket)
  return stream
}

/** An echo over WebSocket in which chunks and credits have come, and which then ends with an error. */
const breakOne = async (kit: Kit): Promise<StreamConversation> => {
  const stream = kit.stream(await kit.session())
  await stream.open()
  await awaitRoom(stream)
  await stream.send({ ...stream.draftChunk(), stream: { id: stream.id, seq: 7, end: true } })
  return stream
}

/** Two echoes of the same id, under way at once, each of which comes to its end. */
const judgeTwins = async (one: StreamConversation, other: StreamConversation): Promise<Broken | undefined> => {
  await one.open()
  await other.open()
  return (
    (await judgeFinish(other, 'a second stream of that id')) ?? (await judgeFinish(one, 'the first stream of that id'))
  )
}

/** How a stream is opened, numbered, named and ended. */
export const streamChecks = [
  accepts('stream.opening', {
    needs: echoes,
    run: async kit => {
      const session = await kit.session()
      const whole = kit.stream(session)
      await whole.open(kit.entropy(5), true)
      const found = await judgeFinish(whole, 'an echo of one chunk')
      if (found || !kit.conversation.socket) return found
      const stream = kit.stream(session)
      await stream.open()
      return judgeFinish(stream, 'an echo whose opening does not end it')
    },
  }),
  accepts('stream.opening', {
    variant: 'again',
    needs: echoes,
    run: async kit => {
      const session = await kit.session()
      const { id } = kit.stream(session)
      for (const time of ['first', 'second', 'third']) {
        const stream = kit.stream(session, { id })
        await stream.open(kit.entropy(3), true)
        const found = await judgeFinish(stream, `the ${time} of several streams of one id, one after the other`)
        if (found) return found
      }
      return undefined
    },
  }),
  accepts('stream.opening', {
    variant: 'other-session',
    needs: {
      ...echoesOverWs,
      unobservable: target => oneStreamOnly(target) ?? sessionsAtOnce(2).unobservable?.(target),
    },
    run: async kit => {
      const one = kit.stream(await kit.session())
      return judgeTwins(one, kit.stream(await kit.session(), { id: one.id }))
    },
  }),
  accepts('stream.opening', {
    variant: 'other-connection',
    needs: echoesOverWs,
    run: async kit => {
      const session = await kit.session()
      const one = kit.stream(session)
      return judgeTwins(one, kit.over('ws').stream(session, { id: one.id }))
    },
  }),
  accepts('stream.response-names', {
    needs: echoes,
    run: async kit => {
      const stream = kit.stream(await kit.session(), inChunksOf(4))
      await stream.open(kit.entropy(8), true)
      return judgeFinish(stream, 'an echo, every part of it named and sealed as it must be')
    },
  }),
  accepts('stream.response-names', {
    variant: 'further-messages',
    needs: echoesOverWs,
    run: async kit => {
      const stream = kit.stream(await kit.session())
      await stream.open()
      return judgeFinish(stream, 'an echo of several messages, every part of it named and sealed by the opening')
    },
  }),
  accepts('stream.response-names', {
    variant: 'in-an-error',
    needs: echoesOverWs,
    run: async kit => judgeErrorEnd(await breakOne(kit), 'stream_violation'),
  }),
  accepts('stream.seq', {
    needs: echoes,
    run: async kit => {
      const session = await kit.session()
      const stream = kit.stream(session, inChunksOf(2))
      await stream.open(kit.entropy(5), true)
      return judgeFinish(stream, 'chunks numbered 0, 1 and 2')
    },
  }),
  accepts('stream.end', {
    needs: echoes,
    run: async kit => {
      const stream = await openTwo(kit)
      return (
        (await judgeFinish(stream, 'an echo whose last chunk alone is its end')) ??
        judgeSilence(kit, stream, 'nothing comes after the last chunk')
      )
    },
  }),
  accepts('stream.error-ends', {
    also: ['error.empty-plaintext'],
    needs: echoes,
    run: async kit => {
      const stream = kit.stream(await kit.session(), inChunksOf(0))
      await stream.open(kit.entropy(3), true)
      return judgeErrorEnd(stream, 'malformed')
    },
  }),
  accepts('stream.error-ends', {
    variant: 'under-way',
    also: ['error.empty-plaintext'],
    needs: echoesOverWs,
    run: async kit => judgeErrorEnd(await breakOne(kit), 'stream_violation'),
  }),
  accepts('stream.no-own-response', {
    needs: echoesOverWs,
    run: async kit => {
      const stream = kit.stream(await kit.session())
      const { streamWindow } = kit.target.limits
      await stream.open()
      await stream.send(stream.draftCredit(streamWindow + 2))
      await awaitRoom(stream)
      await stream.send(stream.draftChunk())
      return (
        (await judgeFinish(stream, 'an echo of three chunks and no other answers to their messages')) ??
        judgeSilence(kit, stream, 'nothing comes after the last chunk')
      )
    },
  }),
]
