import { CLOSE_TASK, PING_TASK } from '../../schemas/index.js'
import type { StreamConversation } from '../probe/initiator/stream-conversation.js'
import type { Target } from '../probe/initiator/target.js'
import { accepts } from '../runner/check.js'
import { Interruption, isAccepted, judgeAcceptance, judgeRefusal, type Broken } from '../runner/judgement.js'
import { interruptedBy, type Kit } from '../runner/kit.js'
import { judgeErrorEnd, judgeFinish, judgeSilence } from '../runner/stream-judgement.js'
import { judgeBesideSlowEcho, tooLate } from './slow-echo.js'
import { echoes, echoesOverWs, stalls, tooFewRecordsFor } from './stream-needs.js'
import { openToTheWindow } from './stream-window.js'

const EMPTY = new Uint8Array(0)
/** Pings that are answered before something that was sent earlier, over another connection, counts as arrived. */
const PINGS_BEFORE = 5
/** Times that what may be a matter of order is tried. */
const TRIES = 3
/** Streams that the suite opens at once on a connection. */
const MOST_STREAMS = 64

const whyNotReached = (target: Target): string | undefined =>
  target.limits.maxStreams > MOST_STREAMS
    ? `maxStreams is ${target.limits.maxStreams}: more than the suite opens`
    : tooFewRecordsFor(3 * target.limits.maxStreams, target)

/** Sends a control of a stream that is not live, and a ping after it: nothing may come of the control. */
const judgeIgnored = async (kit: Kit, stream: StreamConversation, what: string): Promise<Broken | undefined> => {
  const { streamWindow } = kit.target.limits
  for (const [control, plaintext] of [
    [{ credit: streamWindow + 1 }, EMPTY],
    [{ credit: 0 }, EMPTY],
    [{ cancel: true }, EMPTY],
    [{ credit: streamWindow + 1 }, Uint8Array.of(0)],
  ] as const) {
    await stream.send(stream.draft(control, { plaintext }))
    const found = await judgeSilence(kit, stream, `a control of ${what} is ignored`)
    if (found) return found
  }
  return undefined
}

/** Opens as many streams as a connection may have, and gives them. */
const openAll = async (kit: Kit): Promise<StreamConversation[]> => {
  const session = await kit.session()
  const streams = Array.from({ length: kit.target.limits.maxStreams }, () => kit.stream(session))
  for (const stream of streams) await stream.open()
  return streams
}

/** A responder may bound what it answers at once on a connection (ws.in-flight) below `maxStreams`. */
const interruptIfBusy = async (kit: Kit, streams: readonly StreamConversation[]): Promise<void> => {
  for (const session of new Set(streams.map(stream => stream.session))) await kit.ping(session)
  for (const stream of streams)
    if ((await stream.pending()).kind === 'busy')
      throw new Interruption('not-observed', 'target', 'it is busy before a connection has maxStreams')
}

/** Closes the session of a stream while it is live; the stream has to end with `cancelled`. */
const judgeClosed = async (kit: Kit, stream: StreamConversation): Promise<Broken | undefined> => {
  const closed = await kit.ask(stream.session, { task_id: CLOSE_TASK, plaintext: EMPTY })
  return judgeAcceptance(closed, 'close') ?? judgeErrorEnd(stream, 'cancelled')
}

/** Closes the session of a stream that is under way over HTTP, where each message has a connection of its own. */
const judgeClosedOverHttp = (kit: Kit): Promise<Broken | undefined> =>
  judgeBesideSlowEcho(
    kit,
    () => kit.session(),
    2 * PINGS_BEFORE,
    async ({ metadata, begin }) => {
      const stream = kit.stream(await kit.session(), { metadata })
      const stillRuns = begin()
      const opened = stream.open(undefined, true)
      for (let count = 0; count < PINGS_BEFORE; count++) await kit.ping(stream.session)
      const closed = await kit.close(stream.session)
      const inTime = stillRuns()
      await opened
      const found = judgeAcceptance(closed, 'close') ?? (await judgeErrorEnd(stream, 'cancelled'))
      if (found && !inTime) throw tooLate()
      return found
    },
  )

/** How streams end before their end, and how many there may be. */
export const streamEndChecks = [
  accepts('stream.cancel', {
    needs: echoesOverWs,
    run: async kit => {
      const stream = kit.stream(await kit.session())
      await stream.open()
      await stream.send(stream.draftCancel())
      return (await judgeErrorEnd(stream, 'cancelled')) ?? judgeSilence(kit, stream, 'nothing comes after the end')
    },
  }),
  accepts('stream.cancel', {
    variant: 'waiting',
    needs: stalls,
    run: async kit => {
      const { stream, found } = await openToTheWindow(kit)
      if (found) return found
      await stream.send(stream.draftCancel())
      return (await judgeErrorEnd(stream, 'cancelled')) ?? judgeSilence(kit, stream, 'nothing comes after the end')
    },
  }),
  accepts('stream.session-closed', {
    needs: echoesOverWs,
    run: async kit => {
      const { maxStreams, maxSessionsPerDid } = kit.target.limits
      const session = await kit.session()
      const other = maxStreams > 1 && maxSessionsPerDid > 1 ? kit.stream(await kit.session()) : undefined
      const stream = kit.stream(session)
      await stream.open()
      await other?.open()
      return (
        (await judgeClosed(kit, stream)) ??
        (other && judgeFinish(other, 'a stream of another session goes on to its end'))
      )
    },
  }),
  accepts('stream.session-closed', {
    variant: 'elsewhere',
    needs: echoesOverWs,
    run: async kit => {
      const stream = kit.stream(await kit.session())
      await stream.open()
      return judgeClosed(kit.over('http'), stream)
    },
  }),
  accepts('stream.session-closed', {
    variant: 'expired',
    needs: echoesOverWs,
    run: async kit => {
      const { maxSessionAgeSeconds, maxSessionIdleSeconds } = kit.target.limits
      const stream = kit.stream(await kit.session())
      await stream.open()
      // What was sent before time passes is to arrive before it, and before what is sent after it.
      const ping = await kit.ping(stream.session)
      if (!isAccepted(ping)) throw interruptedBy(ping, 'a ping beside a stream')
      await kit.elapseBeyond(Math.min(maxSessionAgeSeconds, maxSessionIdleSeconds))
      return (
        judgeRefusal(await kit.ping(stream.session), { plain: 'session_unknown' }) ?? judgeErrorEnd(stream, 'cancelled')
      )
    },
  }),
  accepts('stream.session-closed', {
    variant: 'http',
    needs: { ...echoes, transport: 'http' },
    run: async kit => {
      let found: Broken | undefined
      // Whether the close has overtaken the opening, of which nothing comes at once, shows only when it does not again.
      for (let tries = 0; tries < TRIES; tries++) {
        found = await judgeClosedOverHttp(kit)
        if (found?.reasonCode !== 'plain-session-unknown') break
      }
      return found
    },
  }),
  accepts('stream.control-late', {
    needs: { transport: 'ws', capability: 'stream' },
    run: async kit => judgeIgnored(kit, kit.stream(await kit.session(), { task_id: PING_TASK }), 'no stream'),
  }),
  accepts('stream.control-late', {
    variant: 'over',
    needs: echoesOverWs,
    run: async kit => {
      const stream = kit.stream(await kit.session())
      await stream.open(undefined, true)
      return (await judgeFinish(stream, 'an echo of one chunk')) ?? judgeIgnored(kit, stream, 'a stream that is over')
    },
  }),
  accepts('stream.control-late', {
    variant: 'other-faults',
    needs: { transport: 'ws', capability: 'stream' },
    run: async kit => {
      const session = await kit.session()
      for (const [what, wish] of [
        ['a task of nobody', { task_id: 'nobody/serves-this@v1' }],
        ['an encoding of nobody', { encoding: 'x-none' }],
        ['no gzip', { encoding: 'gzip', plaintext: Uint8Array.of(0) }],
        ['a plaintext', { plaintext: Uint8Array.of(0) }],
      ] as const) {
        const stream = kit.stream(session, { task_id: PING_TASK })
        await stream.send(stream.draft({ cancel: true }, { plaintext: EMPTY, ...wish }))
        const found = await judgeSilence(kit, stream, `a control of no stream, with ${what}, is ignored`)
        if (found) return found
      }
      return undefined
    },
  }),
  accepts('stream.limit', {
    needs: { ...echoesOverWs, unobservable: whyNotReached },
    run: async kit => {
      const streams = await openAll(kit)
      const [first, ...rest] = streams
      if (!first) return undefined
      const beyond = kit.stream(first.session)
      await beyond.open(undefined, true)
      await interruptIfBusy(kit, [...streams, beyond])
      const found =
        (await judgeErrorEnd(beyond, 'stream_violation')) ??
        (await judgeFinish(first, 'one of as many streams as there may be goes on to its end'))
      if (found) return found
      const again = kit.stream(first.session)
      await again.open(undefined, true)
      return (
        (await judgeFinish(again, 'a stream in the place of one that is over')) ??
        (await firstBroken(rest, stream =>
          judgeFinish(stream, 'each of as many streams as there may be goes on to its end'),
        ))
      )
    },
  }),
]

const firstBroken = async (
  streams: readonly StreamConversation[],
  judge: (stream: StreamConversation) => Promise<Broken | undefined>,
): Promise<Broken | undefined> => {
  for (const stream of streams) {
    const found = await judge(stream)
    if (found) return found
  }
  return undefined
}
