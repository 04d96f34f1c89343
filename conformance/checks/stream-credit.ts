import type { StreamConversation } from '../probe/initiator/stream-conversation.js'
import type { Target } from '../probe/initiator/target.js'
import { accepts, rejects } from '../runner/check.js'
import { brokenBy, Interruption, judgeAcceptance, type Broken } from '../runner/judgement.js'
import type { Kit } from '../runner/kit.js'
import { judgeErrorEnd, judgeFinish, judgeSilence } from '../runner/stream-judgement.js'
import { echoesOverWs, stallingChunks, stalls, tooFewRecordsFor } from './stream-needs.js'
import { judgeChunks, openToTheWindow } from './stream-window.js'

/** Chunks that the suite sends of one stream beyond its window. */
const MOST_BEYOND = 64
/** The largest window that the suite goes beyond. */
const MOST_WINDOW = 256

/** Chunks that are more than any credit given at the beginning, where the target allows that many. */
const manyChunks = ({ limits }: Target): number => Math.min(3 * limits.streamWindow, limits.streamWindow + MOST_BEYOND)

/** Chunks that are more than the windows of both directions, and a few that a task may take in advance. */
const moreThanWindows = ({ limits: { streamWindow } }: Target): number =>
  Math.max(2 * streamWindow + 6, 3 * streamWindow)

const whyNotBeyond = (target: Target): string | undefined =>
  target.limits.streamWindow > MOST_WINDOW
    ? `streamWindow is ${target.limits.streamWindow}: more chunks than the suite sends`
    : tooFewRecordsFor(moreThanWindows(target), target)

/** An echo, and as many controls of the responder as it likes to send with it. */
const tooFewForMany = (target: Target): string | undefined => tooFewRecordsFor(2 * manyChunks(target), target)

/** Is everything else on the connection answered while a stream waits? */
const judgeOthers = async (kit: Kit, waiting: StreamConversation, forWhat: string): Promise<Broken | undefined> => {
  const while_ = `while a stream waits for ${forWhat}`
  for (let count = 0; count < 2; count++) {
    const found = judgeAcceptance(await kit.ping(waiting.session), `${while_}, a ping`)
    if (found) return found
  }
  if (kit.target.limits.maxStreams < 2) return undefined
  const other = kit.stream(waiting.session)
  await other.open()
  return judgeFinish(other, `${while_}, another stream goes on to its end`)
}

/** Sends a credit that the responder has already: nothing may come of it. */
const sendCreditAgain = async (kit: Kit, stream: StreamConversation, credit: number): Promise<Broken | undefined> => {
  await stream.send(stream.draftCredit(credit))
  return judgeSilence(kit, stream, `nothing comes of a credit of ${credit} chunks that it has already`)
}

/**
 * Sends chunks whose echoes nobody allows, so that the task cannot take them for ever, until one is beyond what the
 * responder allows. Whether it was shows afterwards: the credit for it may have been on its way.
 */
const sendBeyondCredit = async (stream: StreamConversation, most: number): Promise<void> => {
  while (stream.sent.length < most) {
    await stream.send(stream.draftChunk())
    if (!(await stream.isAllowed(stream.sent.length))) return
  }
  throw new Interruption('not-observed', 'target', `it allowed ${most} chunks of a stream whose echoes nobody took`)
}

/** How many chunks either side may send. */
export const streamCreditChecks = [
  accepts('stream.credit-initial', {
    needs: stalls,
    run: async kit => {
      const { stream, found } = await openToTheWindow(kit)
      return found ?? judgeSilence(kit, stream, `no chunk after the first ${kit.target.limits.streamWindow}`)
    },
  }),
  accepts('stream.credit-respected', {
    needs: stalls,
    run: async kit => {
      const { streamWindow } = kit.target.limits
      const { stream, found } = await openToTheWindow(kit)
      if (found) return found
      await stream.send(stream.draftCredit(streamWindow + 1))
      return (
        (await judgeChunks(stream, 1, 'one more chunk')) ??
        (await judgeSilence(kit, stream, 'not more chunks than the credit allows')) ??
        judgeFinish(stream, 'the rest of the echo')
      )
    },
  }),
  accepts('stream.credit-effect', {
    needs: stalls,
    run: async kit => {
      const { stream, found } = await openToTheWindow(kit)
      if (found) return found
      await stream.send(stream.draftCredit(stallingChunks(kit.target)))
      return judgeFinish(stream, 'the rest of the echo, once credit allows it')
    },
  }),
  accepts('stream.credit-again', {
    needs: stalls,
    run: async kit => {
      const { streamWindow } = kit.target.limits
      const { stream, found } = await openToTheWindow(kit)
      if (found) return found
      const before = await sendCreditAgain(kit, stream, streamWindow)
      if (before) return before
      await stream.send(stream.draftCredit(streamWindow + 1))
      return (
        (await judgeChunks(stream, 1, 'one more chunk')) ??
        (await sendCreditAgain(kit, stream, streamWindow + 1)) ??
        judgeFinish(stream, 'the rest of the echo, after credits that were given twice')
      )
    },
  }),
  accepts('stream.credit-given', {
    needs: { ...echoesOverWs, unobservable: tooFewForMany },
    run: async kit => {
      const count = manyChunks(kit.target)
      const stream = kit.stream(await kit.session())
      await stream.open()
      await stream.send(stream.draftCredit(count + 1))
      for (let sent = 1; sent < count; sent++)
        if (!(await stream.chunk()))
          return brokenBy(await stream.next(), `credit for ${count} chunks, as those before are taken`)
      return judgeFinish(stream, `an echo of ${count + 1} chunks`)
    },
  }),
  accepts('stream.isolated', {
    needs: echoesOverWs,
    run: async kit => {
      const stream = kit.stream(await kit.session())
      await stream.open()
      return (
        (await judgeOthers(kit, stream, 'chunks')) ??
        judgeFinish(stream, 'the stream that has waited goes on to its end')
      )
    },
  }),
  accepts('stream.isolated', {
    variant: 'credit',
    needs: stalls,
    run: async kit => {
      const { stream, found } = await openToTheWindow(kit)
      if (found) return found
      return (
        (await judgeOthers(kit, stream, 'credit')) ??
        judgeFinish(stream, 'the stream that has waited goes on to its end')
      )
    },
  }),
  accepts('stream.beyond-credit', {
    also: ['stream.violation-contained'],
    needs: { ...echoesOverWs, unobservable: whyNotBeyond },
    run: async kit => {
      const stream = kit.stream(await kit.session())
      await sendBeyondCredit(stream, moreThanWindows(kit.target))
      return (
        (await judgeErrorEnd(stream, 'stream_violation')) ??
        judgeSilence(kit, stream, 'nothing comes after the end, and the session lives')
      )
    },
  }),
  rejects('stream.credit-shrinks', {
    needs: echoesOverWs,
    subject: 'message of a stream',
    given: async (stream, { target: { limits } }) => {
      await stream.open()
      await stream.send(stream.draftCredit(limits.streamWindow + 5))
      return stream.draftCredit(limits.streamWindow + 5)
    },
    forged: {
      'by one': next => ({ ...next, stream: { id: next.stream!.id, credit: next.stream!.credit! - 1 } }),
      'to the window': (next, _twin, kit) => ({
        ...next,
        stream: { id: next.stream!.id, credit: kit.target.limits.streamWindow },
      }),
    },
    expect: { ends: 'stream_violation' },
    after: ['stream-over', 'other-stream-lives', 'session-lives'],
  }),
  rejects('stream.credit-shrinks', {
    variant: 'below-the-window',
    needs: echoesOverWs,
    subject: 'message of a stream',
    given: async (stream, { target: { limits } }) => {
      await stream.open()
      return stream.draftCredit(limits.streamWindow)
    },
    forged: (next, _twin, kit) => ({
      ...next,
      stream: { id: next.stream!.id, credit: kit.target.limits.streamWindow - 1 },
    }),
    expect: { ends: 'stream_violation' },
    after: ['stream-over', 'other-stream-lives', 'session-lives'],
  }),
]
