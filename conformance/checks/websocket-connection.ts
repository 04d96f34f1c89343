import {
  ECHO_TASK,
  FIRST_MESSAGE_SECONDS,
  MAX_PING_BYTES,
  PING_SECONDS,
  PING_TASK,
  PONG_SECONDS,
  type Transport,
} from '../../schemas/index.js'
import { closePayload, opcodes, PLAIN_MASK, type Frame } from '../probe/net/frames.js'
import { encodeBody } from '../probe/wire/body.js'
import { describeAnswer, type Answer } from '../probe/initiator/answer.js'
import type { Target } from '../probe/initiator/target.js'
import type { ProbeSession } from '../probe/initiator/session-draft.js'
import { accepts, compares } from '../runner/check.js'
import {
  broken,
  brokenBy,
  firstOf,
  isAccepted,
  judgeAcceptance,
  judgeRefusal,
  type Broken,
} from '../runner/judgement.js'
import { interruptedBy, unseen, type Kit } from '../runner/kit.js'
import { sessionsAtOnce } from './sessions-at-once.js'
import { judgeBesideSlowEcho, type SlowEcho } from './slow-echo.js'
import { tooLarge } from './too-large.js'

const overWs = { transport: 'ws' } as const
const authenticationFailed = { plain: 'authentication_failed' } as const
const EMPTY = new Uint8Array(0)
/** As many as fit into the fewest records that a session may have. */
const PINGS = 5

/** Bytes that the network between may hold for who does not read. */
const IN_BETWEEN = 2 ** 24

/** Requests whose answers, all together, are more than a responder and the network may hold for who does not read. */
const unreadRequests = ({ limits, capabilities }: Target) => {
  const [task_id, bytes] = capabilities.has('echo')
    ? ([ECHO_TASK, 32_768] as const)
    : ([PING_TASK, MAX_PING_BYTES] as const)
  return { task_id, bytes, count: Math.ceil((limits.maxMessageBytes + IN_BETWEEN) / bytes) }
}

const tooFewRecords = (target: Target): string | undefined =>
  tooLarge(target) ??
  (target.limits.maxSessionRecords < unreadRequests(target).count + 2
    ? `maxSessionRecords is ${target.limits.maxSessionRecords}: to fill what holds unread answers needs ${unreadRequests(target).count + 2}`
    : undefined)

/** Requests at once that many a responder refuses some of. */
const CROWD = 256
/** Messages at once that every responder takes. */
const ROOM = 16

const tooFewForCrowd = ({ limits }: Target): string | undefined =>
  limits.maxSessionRecords < CROWD + 3
    ? `maxSessionRecords is ${limits.maxSessionRecords}: a crowd needs ${CROWD + 3}`
    : undefined

const isUnavailable = (answer: Answer): boolean => answer.kind === 'busy' && answer.error === 'unavailable'

/** Ends the connection of a kit, so that the next message needs another. */
const endConnection = (kit: Kit): Promise<unknown> =>
  kit.conversation.converse('close', [kit.socket.frame(opcodes.close, closePayload(1000))], { kind: 'end' })

/** A session whose handshake was made over the transport of a kit and is confirmed there. */
const judgeMove = async (made: Kit, others: readonly [name: string, kit: Kit][]): Promise<Broken | undefined> => {
  const session = await made.session()
  for (const [name, kit] of others) {
    const found = judgeAcceptance(await kit.ping(session), `a ping ${name}`)
    if (found) return found
  }
  return judgeAcceptance(await made.ping(session), 'a ping where the session was made')
}

/** Is a connection still open, told by a pong? */
const isOpen = async (kit: Kit): Promise<boolean> =>
  (await kit.conversation.converse('ping', [kit.socket.frame(opcodes.ping, EMPTY)], { kind: 'pong', payload: '' }))
    .kind === 'pong'

/** Waits for the end of a connection. */
const judgeEnd = async (kit: Kit, expected: string): Promise<Broken | undefined> => {
  const { kind } = await kit.conversation.converse('the end', [], { kind: 'end' })
  return kind === 'ended' ? undefined : broken('still-open', expected, 'it is still open')
}

/** One copy over each transport and one over another connection, twice: how many are accepted? */
const race = async (kit: Kit, session: ProbeSession): Promise<Broken | undefined> => {
  const draft = kit.draft(session)
  const ways = [kit, kit.over('http'), kit.over('ws'), kit, kit.over('http'), kit.over('ws')]
  for (const way of ways) await way.conversation.socket?.connect()
  const answers = await Promise.all(ways.map(way => way.send(session, draft)))
  const accepted = answers.filter(isAccepted).length
  const expected = 'exactly one of six copies of a record at once, over both transports, is accepted'
  const busy = answers.find(({ kind }) => kind === 'busy')
  if (accepted === 0 && busy) return brokenBy(busy, expected)
  if (accepted !== 1) return broken(`accepted-${accepted}`, expected, `${accepted} were accepted`)
  return firstOf(
    ...answers.filter(answer => !isAccepted(answer)).map(answer => judgeRefusal(answer, authenticationFailed)),
  )
}

const pingsAtOnce = (kit: Kit, session: ProbeSession): Promise<Answer[]> =>
  Promise.all(Array.from({ length: PINGS }, () => kit.ping(session)))

const slowWish = (kit: Kit, { metadata }: SlowEcho) => ({ task_id: ECHO_TASK, plaintext: kit.entropy(8), metadata })

/** Pings and a handshake beside a slow echo, on one connection: they have to be answered before it. */
const judgeOvertaking = async (kit: Kit, slow: SlowEcho): Promise<Broken | undefined> => {
  const session = await kit.session()
  let slowIsDone = false
  const asked = kit.ask(session, slowWish(kit, slow)).then(answer => {
    slowIsDone = true
    return answer
  })
  const fast = await Promise.all([kit.shakeHands(), pingsAtOnce(kit, session)])
  const early = slowIsDone
  if (early && slow.cut) throw unseen('it is too slow for a slow echo to be told from pings within --timeout')
  const answers = [...fast.flat(), await asked]
  const found = firstOf(...answers.map(answer => judgeAcceptance(answer, `each of ${PINGS + 2} messages at once`)))
  if (found || !early) return found
  return broken('held-up', 'the answers to pings and a handshake before that to a slow echo', 'it came first')
}

/** So many slow echoes at once on a connection that its bound is reached. */
const judgeCrowd = async (kit: Kit, slow: SlowEcho): Promise<Broken | undefined> => {
  const session = await kit.session()
  const wish = slowWish(kit, slow)
  const answers = await Promise.all(Array.from({ length: CROWD }, () => kit.ask(session, wish)))
  const other = answers.find(answer => !isAccepted(answer) && !isUnavailable(answer))
  const expected = 'each of many requests at once answered, or refused with unavailable'
  if (other?.kind === 'busy') return broken('other-refusal', expected, `plain error ${other.error}`)
  if (other) return brokenBy(other, expected)
  if (answers.every(isAccepted)) throw unseen(`it takes ${CROWD} requests at once: its bound is not reached`)
  return judgeAcceptance(await kit.ping(session), 'once they are answered, a ping')
}

const otherTransport = (transport: Transport): Transport => (transport === 'http' ? 'ws' : 'http')

/** Connections: what goes on them at once, how long they last, and what outlives them. */
export const websocketConnectionChecks = [
  accepts('ws.multiplexed', {
    needs: { ...overWs, capability: 'echo' },
    run: kit =>
      judgeBesideSlowEcho(
        kit,
        async () => pingsAtOnce(kit, await kit.session()),
        6,
        slow => judgeOvertaking(kit, slow),
      ),
  }),
  accepts('ws.in-flight', {
    needs: { ...overWs, capability: 'echo', unobservable: tooFewForCrowd, alone: true },
    run: kit =>
      judgeBesideSlowEcho(
        kit,
        async () => pingsAtOnce(kit, await kit.session()),
        (2 * CROWD) / PINGS,
        slow => judgeCrowd(kit, slow),
      ),
  }),
  accepts('ws.in-flight-room', {
    needs: { ...overWs, ...sessionsAtOnce(2), capability: 'echo' },
    run: kit =>
      judgeBesideSlowEcho(
        kit,
        async () => kit.ping(await kit.session()),
        6,
        async slow => {
          // In two sessions, since one may have as few records.
          const sessions = [await kit.session(), await kit.session()]
          const wish = slowWish(kit, slow)
          const asked = Array.from({ length: ROOM }, (_, index) => kit.ask(sessions[index % 2]!, wish))
          const refused = (await Promise.all(asked)).find(answer => !isAccepted(answer))
          return refused && broken('no-room', `${ROOM} messages at once answered`, describeAnswer(refused))
        },
      ),
  }),
  accepts('ws.only-answers', {
    needs: overWs,
    run: async kit => {
      const session = await kit.session()
      for (const task_id of [PING_TASK, 'nobody/serves-this@v1']) await kit.ask(session, { task_id })
      await kit.send(session, { ...kit.draft(session), key: kit.entropy(32) })
      // What was sent before the pong has come before it.
      if (!(await isOpen(kit))) return broken('ended', 'a connection that stays open', 'it was ended')
      const { kind } = await kit.conversation.converse('a message that answers none', [], { kind: 'stray' })
      return kind === 'message' ? broken('stray', 'no message but one answer to each', 'another one came') : undefined
    },
  }),
  accepts('ws.session-moves', {
    needs: overWs,
    run: async kit => {
      const [http, another] = [kit.over('http'), kit.over('ws')]
      return (
        (await judgeMove(kit, [
          ['over another connection', another],
          ['over HTTP', http],
        ])) ??
        (await judgeMove(http, [
          ['over WebSocket', kit],
          ['over another connection', another],
        ]))
      )
    },
  }),
  accepts('ws.session-outlives', {
    needs: overWs,
    run: async kit => {
      const session = await kit.session()
      await endConnection(kit)
      return (
        judgeAcceptance(await kit.ping(session), 'over the next connection, a ping') ??
        judgeAcceptance(await kit.over('http').ping(session), 'over HTTP, a ping')
      )
    },
  }),
  accepts('record.once', {
    variant: 'both-transports',
    needs: { ...overWs, alone: true },
    run: async kit => race(kit, await kit.session()),
  }),
  accepts('record.replay', {
    variant: 'other-transport',
    needs: overWs,
    run: async kit => {
      const session = await kit.session()
      for (const transport of ['http', 'ws'] as const) {
        const draft = kit.draft(session)
        const first = await kit.over(transport).send(session, draft)
        if (!isAccepted(first)) throw interruptedBy(first, 'an honest ping')
        const again = await kit.over(otherTransport(transport)).send(session, draft)
        const found = judgeRefusal(again, authenticationFailed)
        if (found) return { ...found, observed: `over ${otherTransport(transport)}: ${found.observed}` }
      }
      return undefined
    },
  }),
  accepts('handshake.nonce-single-use', {
    variant: 'other-transport',
    needs: overWs,
    run: async kit => {
      for (const transport of ['http', 'ws'] as const) {
        const draft = kit.draftHandshake()
        const first = await kit.over(transport).shakeHands(draft)
        if (!isAccepted(first)) throw interruptedBy(first, 'an honest handshake')
        const found = judgeRefusal(await kit.over(otherTransport(transport)).shakeHands(draft), authenticationFailed)
        if (found) return { ...found, observed: `over ${otherTransport(transport)}: ${found.observed}` }
      }
      return undefined
    },
  }),
  accepts('ws.first-message', {
    needs: { ...overWs, alone: true },
    run: async kit => {
      const [silent, pinging, refused, honest] = [kit.over('ws'), kit.over('ws'), kit.over('ws'), kit.over('ws')]
      for (const each of [silent, pinging, refused, honest]) await each.socket.connect()
      const session = await honest.session()
      const forged = { ...refused.draft(session), key: kit.entropy(32) }
      const answer = await refused.send(session, forged)
      if (answer.kind !== 'plain') throw interruptedBy(answer, 'a plain error to a forged record was not given; it')
      await pinging.conversation.converse('ping', [kit.socket.frame(opcodes.ping, EMPTY)], { kind: 'sent' })
      await kit.elapseBeyond(FIRST_MESSAGE_SECONDS)
      const expected = `a connection without an accepted message ended after ${FIRST_MESSAGE_SECONDS} s`
      return (
        (await judgeEnd(silent, expected)) ??
        (await judgeEnd(pinging, `${expected}, pings notwithstanding`)) ??
        (await judgeEnd(refused, `${expected}, refused messages notwithstanding`)) ??
        ((await isOpen(honest)) ? undefined : broken('ended', 'a connection that is in use stays open', 'it was ended'))
      )
    },
  }),
  accepts('ws.keep-alive', {
    needs: { ...overWs, alone: true },
    run: async kit => {
      await kit.session()
      for (const time of ['first', 'second']) {
        await kit.elapseBeyond(PING_SECONDS)
        const { kind } = await kit.conversation.converse(`the ${time} ping`, [], { kind: 'ping' })
        if (kind !== 'ping') return broken('no-ping', `a ping within ${PING_SECONDS} s`, `the ${time} did not come`)
      }
      return undefined
    },
  }),
  accepts('ws.dead-peer', {
    needs: { ...overWs, alone: true },
    run: async kit => {
      const [deaf, live] = [kit.over('ws'), kit.over('ws')]
      await deaf.socket.open(deaf.socket.upgradeRequest(), { deaf: true })
      const session = await deaf.session()
      const other = await live.ping(session)
      if (!isAccepted(other)) throw interruptedBy(other, 'a ping over a second connection')
      await kit.elapseBeyond(PING_SECONDS)
      for (const each of [deaf, live])
        if ((await each.conversation.converse('ping', [], { kind: 'ping' })).kind !== 'ping')
          return broken('no-ping', `a ping within ${PING_SECONDS} s`, 'none came')
      await kit.elapseBeyond(PONG_SECONDS)
      return (
        (await judgeEnd(deaf, `a connection that answers no ping ended after ${PONG_SECONDS} s`)) ??
        ((await isOpen(live)) ? undefined : broken('ended', 'a connection that answers stays open', 'it was ended'))
      )
    },
  }),
  accepts('ws.unread', {
    needs: { ...overWs, unobservable: tooFewRecords, alone: true },
    run: async kit => {
      const session = await kit.session()
      const idle = kit.over('ws')
      await idle.socket.connect()
      const { task_id, bytes, count } = unreadRequests(kit.target)
      const plaintext = new Uint8Array(bytes)
      const frames = Array.from({ length: count }, (): Frame => {
        const { envelope } = kit.prepare(kit.draft(session, { task_id, plaintext }))
        return { opcode: opcodes.text, mask: PLAIN_MASK, payload: encodeBody(envelope) }
      })
      const arrived = await idle.conversation.converse('requests whose answers nobody reads', frames, {
        kind: 'stalled',
      })
      const found = judgeAcceptance(await kit.ping(session), 'meanwhile, over another connection, a ping')
      if (found) return found
      if (arrived.kind === 'stalled' && arrived.answered === 0)
        throw unseen('it reads too slowly to tell whether it waits for a reader')
      if (arrived.kind !== 'taken') return undefined
      // What was refused for want of room, say, has short answers.
      if (arrived.answered <= kit.target.limits.maxMessageBytes + IN_BETWEEN)
        throw unseen(`its answers have ${arrived.answered} bytes, too few to tell whether it waits for a reader`)
      const expected = 'a responder that stops reading while its answers are not read'
      return broken('read-on', expected, `it took ${arrived.bytes} bytes of requests`)
    },
  }),
  compares('ws.same-as-http'),
]
