import { CLOSE_TASK } from '../../schemas/index.js'
import { readUpgrade, type Answer } from '../probe/initiator/answer.js'
import type { ProbeSession, SessionDraft } from '../probe/initiator/session-draft.js'
import { withBody } from '../probe/net/alter.js'
import { closePayload, opcodes } from '../probe/net/frames.js'
import { accepts, type Check, type Needs } from '../runner/check.js'
import { judgeCounts, type Moved, type Step } from '../runner/counting.js'
import { interruptedBy, type Kit } from '../runner/kit.js'
import { judgeSeconds } from './metrics-seconds.js'
import { bytes, counter, lookUntil, seconds, shown, sumOf } from './metrics-shown.js'
import { judgeBesideSlowEcho, type SlowEcho } from './slow-echo.js'

const EMPTY = new Uint8Array(0)
/** Bytes of a record beside its plaintext. */
const RECORD_BYTES = 36

/** Values of a histogram. */
const both = (...names: readonly string[]): string[] => names.flatMap(name => [name, sumOf(name)])

/** What a message moves whose record opens. */
const answered = (kit: Kit, answer: Answer, record: Uint8Array): Moved => {
  if (answer.kind !== 'success' && answer.kind !== 'authenticated') throw interruptedBy(answer, 'an honest request')
  const { plaintext, member = plaintext } = answer
  return {
    moves: {
      'sage_records_total opened': 1,
      [`sage_requests_total ${answer.kind === 'success' ? 'success' : 'error'}`]: 1,
      [seconds(kit)]: 1,
      [bytes(kit, 'in')]: 1,
      [sumOf(bytes(kit, 'in'))]: record.length,
      [bytes(kit, 'out')]: 1,
      [sumOf(bytes(kit, 'out'))]: RECORD_BYTES + member.length,
    },
    free: [sumOf(seconds(kit))],
  }
}

/** What a message moves whose record, of so many bytes, does not open; of one that breaks its schema there is none. */
const refused = (kit: Kit, answer: Answer, recordBytes?: number): Moved => {
  if (answer.kind !== 'plain') throw interruptedBy(answer, 'a plain error')
  const received = recordBytes === undefined ? {} : { [bytes(kit, 'in')]: 1, [sumOf(bytes(kit, 'in'))]: recordBytes }
  return { moves: { 'sage_records_total refused': 1, [seconds(kit)]: 1, ...received }, free: [sumOf(seconds(kit))] }
}

/** A message of a session, sealed as `wish` says, whose record is not to open. */
const beingRefused = async (kit: Kit, session: ProbeSession, wish: Partial<SessionDraft>): Promise<Moved> => {
  const prepared = kit.prepare(kit.draft(session, wish))
  return refused(kit, await kit.send(session, prepared), prepared.record.length)
}

const moving = ({ moves, free = [] }: Moved, more: Moved['moves']): Moved => ({ moves: { ...moves, ...more }, free })

/** Nothing of a session is there yet. */
const handshaking = (name: string, happen: (kit: Kit) => Promise<Moved>): Step => ({
  name,
  begin: async kit => {
    // Over WebSocket the connection stands before anything is counted.
    await kit.conversation.socket?.connect()
    return () => happen(kit)
  },
})

/** A session, confirmed or not, is there before it happens. */
const inSession = (
  name: string,
  happen: (kit: Kit, session: ProbeSession) => Promise<Moved>,
  begin = (kit: Kit): Promise<ProbeSession> => kit.session(),
): Step => ({
  name,
  begin: async kit => {
    const session = await begin(kit)
    return () => happen(kit, session)
  },
})

/** An honest request and its answer. */
const asking = async (kit: Kit, session: ProbeSession, wish: Partial<SessionDraft> = {}): Promise<Moved> => {
  const prepared = kit.prepare(kit.draft(session, wish))
  return answered(kit, await kit.send(session, prepared), prepared.record)
}

const refusedHandshake = (answer: Answer): Moved => {
  if (answer.kind !== 'plain') throw interruptedBy(answer, 'a plain error')
  return { moves: { 'sage_handshakes_total refused': 1 } }
}

const handshakes: readonly Step[] = [
  handshaking('a handshake', async kit => {
    await kit.provisionalSession()
    return { moves: { 'sage_handshakes_total accepted': 1, 'sage_sessions provisional': 1 } }
  }),
  handshaking('a forged handshake', async kit =>
    refusedHandshake(await kit.shakeHands({ ...kit.draftHandshake(), signingKey: kit.entropy(32) })),
  ),
  handshaking('a handshake of another task', async kit =>
    refusedHandshake(await kit.shakeHands({ ...kit.draftHandshake(), task_id: 'nobody/serves-this@v1' })),
  ),
  handshaking('an object with nothing but an id', async kit => {
    const { request } = kit.prepareHandshake(kit.draftHandshake())
    return refusedHandshake(await kit.shakeHands(kit.draftHandshake(), withBody(request, '{"id":"nothing-else"}')))
  }),
]

const noJson = inSession('a message that is not JSON', async (kit, session) => {
  const answer = await kit.send(session, kit.draft(session), withBody(kit.prepare(kit.draft(session)).request, 'hello'))
  if (answer.kind !== 'plain') throw interruptedBy(answer, 'a plain error')
  return { moves: {} }
})

const sessions: readonly Step[] = [
  inSession(
    'the first ping of a session',
    async (kit, session) =>
      moving(await asking(kit, session), { 'sage_sessions provisional': -1, 'sage_sessions live': 1 }),
    kit => kit.provisionalSession(),
  ),
  inSession('the close of a session', async (kit, session) =>
    moving(await asking(kit, session, { task_id: CLOSE_TASK, plaintext: EMPTY }), { 'sage_sessions live': -1 }),
  ),
]

const records: readonly Step[] = [
  inSession('a forged record', async (kit, session) => beingRefused(kit, session, { key: kit.entropy(32) })),
  inSession('a replayed record', async (kit, session) => beingRefused(kit, session, { seq: 0n })),
  inSession('a message of no session', async (kit, session) => beingRefused(kit, session, { kid: 'kid-nobody' })),
  inSession('a message of a session with a member unknown', async (kit, session) => {
    const prepared = kit.prepare(kit.draft(session))
    const body = JSON.stringify({ ...prepared.envelope, extra: 1 })
    return refused(kit, await kit.send(session, prepared, withBody(prepared.request, body)))
  }),
]

const requests: readonly Step[] = [
  inSession('a ping', (kit, session) => asking(kit, session, { plaintext: kit.entropy(100) })),
  inSession('a request of a task of nobody', (kit, session) =>
    asking(kit, session, { task_id: 'nobody/serves-this@v1' }),
  ),
]

const batches: readonly Step[] = [
  inSession('a batch', async (kit, session) => {
    const elements = [kit.element(session), kit.element(session, { key: kit.entropy(32) }), kit.element(session)]
    const sent = kit.target.limits.maxBatch < elements.length ? elements.slice(0, 1) : elements
    const answer = await kit.sendBatch(sent)
    if (answer.kind !== 'batch') throw interruptedBy(answer, 'a batch')
    const opened = answer.answers.filter(({ kind }) => kind === 'success').length
    return {
      moves: {
        sage_batches_total: 1,
        'sage_records_total opened': opened,
        'sage_records_total refused': sent.length - opened,
        'sage_requests_total success': opened,
        [seconds(kit)]: sent.length,
        [bytes(kit, 'in')]: sent.length,
        [sumOf(bytes(kit, 'in'))]: sent.length * (RECORD_BYTES + 16),
        [bytes(kit, 'out')]: opened,
        [sumOf(bytes(kit, 'out'))]: opened * (RECORD_BYTES + 16),
      },
      free: [sumOf(seconds(kit))],
    }
  }),
  inSession('a handshake in a batch', async (kit, session) => {
    const answer = await kit.sendBatch([
      { what: 'handshake', envelope: kit.prepareHandshake(kit.draftHandshake()).envelope },
    ])
    if (answer.kind !== 'batch') throw interruptedBy(answer, 'a batch')
    void session
    return { moves: { sage_batches_total: 1, 'sage_handshakes_total refused': 1 } }
  }),
  inSession('a batch of more than maxBatch messages', async (kit, session) => {
    const element = kit.element(session)
    const answer = await kit.sendBatch(Array.from({ length: kit.target.limits.maxBatch + 1 }, () => element))
    if (answer.kind !== 'plain') throw interruptedBy(answer, 'a plain error')
    return { moves: {} }
  }),
  inSession('a batch without messages', async (kit, session) => {
    const { elements, request } = kit.prepareBatch([kit.element(session)])
    const answer = await kit.sendBatch(elements, withBody(request, '{"messages":[]}'))
    if (answer.kind !== 'plain') throw interruptedBy(answer, 'a plain error')
    return { moves: {} }
  }),
]

const connections: readonly Step[] = [
  inSession('another connection', async kit => {
    const { exchanged, connection } = await kit.over('ws').socket.connect()
    if (connection === undefined) throw interruptedBy(readUpgrade(exchanged), 'an honest upgrade')
    return { moves: { sage_connections: 1 } }
  }),
  {
    name: 'the end of a connection',
    begin: async kit => {
      const other = kit.over('ws')
      const { exchanged, connection } = await other.socket.connect()
      if (connection === undefined) throw interruptedBy(readUpgrade(exchanged), 'an honest upgrade')
      return async () => {
        const { sage_connections: before = 0 } = await shown(kit)
        const close = other.socket.frame(opcodes.close, closePayload(1000))
        await other.conversation.converse('close', [close], { kind: 'end' })
        // It has answered the close frame; when it knows that the connection is gone, nobody outside can know.
        await lookUntil(kit, ({ sage_connections: now = 0 }) => now < before)
        return { moves: { sage_connections: -1 } }
      }
    },
  },
]

/** Values that streams move in ways that the responder has a say in: when it gives credit, and in how many records. */
const ofStreams = (kit: Kit): string[] => both(bytes(kit, 'in'), bytes(kit, 'out'))

const streams: readonly Step[] = [
  inSession('the opening of a stream', async (kit, session) => {
    const stream = kit.stream(session)
    await stream.open()
    const answer = await stream.next()
    if (answer.kind !== 'chunk') throw interruptedBy(answer, 'an honest stream')
    return { moves: { sage_streams: 1, 'sage_records_total opened': 1 }, free: ofStreams(kit) }
  }),
  {
    name: 'the end of a stream',
    begin: async kit => {
      const stream = kit.stream(await kit.session())
      await stream.open()
      await stream.next()
      return async () => {
        const answer = await stream.finish()
        if (answer.kind !== 'chunk') throw interruptedBy(answer, 'an honest stream')
        const free = [...ofStreams(kit), 'sage_records_total opened', sumOf(seconds(kit))]
        return { moves: { sage_streams: -1, 'sage_requests_total success': 1, [seconds(kit)]: 1 }, free }
      }
    },
  },
]

/** Opens a stream over HTTP that is under way for a while, until it is to be seen or should be. */
const openOverHttp = async (kit: Kit, session: ProbeSession, { metadata }: SlowEcho) => {
  const { sage_streams: before = 0 } = await shown(kit)
  const stream = kit.stream(session, { metadata })
  const end = stream.open(undefined, true).then(() => stream.finish())
  await lookUntil(kit, ({ sage_streams: now = 0 }) => now > before)
  return { end }
}

const streamsOverHttp = (slow: SlowEcho): readonly Step[] => [
  inSession('the opening of a stream', async (kit, session) => {
    const { end } = await openOverHttp(kit, session, slow)
    return { moves: { sage_streams: 1, 'sage_records_total opened': 1 }, free: ofStreams(kit), rest: end }
  }),
  {
    name: 'the end of a stream',
    begin: async kit => {
      const { end } = await openOverHttp(kit, await kit.session(), slow)
      return async () => {
        const answer = await end
        if (answer.kind !== 'chunk') throw interruptedBy(answer, 'an honest stream')
        const free = [...ofStreams(kit), sumOf(seconds(kit))]
        return { moves: { sage_streams: -1, 'sage_requests_total success': 1, [seconds(kit)]: 1 }, free }
      }
    },
  },
]

const counts = (variant: string, steps: readonly Step[], needs: Needs = {}): Check =>
  accepts('metrics.counts', {
    variant,
    needs: { capability: 'metrics', ...needs, alone: true },
    run: kit => judgeCounts(kit, steps, counter),
  })

/** What the metrics of a responder count. */
export const metricsCountChecks = [
  counts('handshakes', handshakes),
  counts('no-json', [noJson], { transport: 'http' }),
  counts('sessions', sessions),
  counts('records', records),
  counts('requests', requests),
  counts('batches', batches, { transport: 'http', capability: ['metrics', 'batch'] }),
  counts('connections', connections, { transport: 'ws' }),
  counts('streams', streams, { transport: 'ws', capability: ['metrics', 'stream', 'echo'] }),
  accepts('metrics.counts', {
    variant: 'streams-over-http',
    needs: { transport: 'http', capability: ['metrics', 'stream', 'echo'], alone: true },
    run: kit =>
      judgeBesideSlowEcho(
        kit,
        () => shown(kit),
        10,
        slow => judgeCounts(kit, streamsOverHttp(slow), counter),
      ),
  }),
  accepts('metrics.counts', {
    variant: 'seconds',
    needs: { capability: ['metrics', 'echo'], alone: true },
    run: judgeSeconds,
  }),
]
