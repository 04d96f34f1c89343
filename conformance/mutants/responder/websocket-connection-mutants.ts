import { WebSocket } from 'ws'
import { Pulse, responderTimes, type PulseTimes } from '../../../reference/websocket/pulse.js'
import { all, insert, mutant, omit, responder, socketClass, webSocket, type Fault } from './mutant.js'

/** Other times. */
const times = (change: Partial<PulseTimes>): Fault =>
  webSocket(() => ({
    createPulse: (now, progress) => new Pulse({ ...responderTimes, ...change }, now, progress),
  }))

/** The session that the answer to a handshake names. */
const kidIn = (answer: string): string => {
  const { data } = JSON.parse(answer) as { data: string }
  return (JSON.parse(Buffer.from(data, 'base64').toString()) as { kid: string }).kid
}

const refuseAbove = (most: number, requests: number): 'rate_limited' | undefined =>
  requests > most ? 'rate_limited' : undefined

/** Remembers on which connection each session was made. */
const remembering =
  (fault: (connections: ReadonlyMap<string, { readonly ended: Promise<void> }>) => Fault): Fault =>
  honest => {
    const connections = new Map<string, { readonly ended: Promise<void> }>()
    const noted = webSocket(before => ({
      text: (text, about) => {
        if (about.kind === 'handshake') connections.set(kidIn(text), about.connection)
        return before.text(text, about)
      },
    }))
    return all(noted, fault(connections))(honest)
  }

/** One number of a session, or one nonce, once over each transport. */
const oncePerTransport = (): ((transport: string, key: string) => 'authentication_failed' | undefined) => {
  const seen = new Set<string>()
  return (transport, key) => {
    if (seen.has(`${transport} ${key}`)) return 'authentication_failed'
    seen.add(`${transport} ${key}`)
    return undefined
  }
}

/** Responders that are wrong in what goes on a connection, and in how long it lasts. */
export const websocketConnectionMutants = [
  mutant(
    'one-after-the-other',
    ['ws.multiplexed'],
    webSocket(() => ({
      createTurns: () => {
        let last: Promise<unknown> = Promise.resolve()
        return begin => {
          const next = last.then(begin)
          last = next.catch(() => undefined)
          return next
        }
      },
    })),
  ),
  mutant(
    'crowds-rate-limited',
    ['ws.in-flight'],
    insert('load', ({ requests }) => refuseAbove(64, requests)),
    {
      caps: { requestsPerConnection: 128 },
    },
  ),
  mutant('room-for-eight', ['ws.in-flight-room'], honest => honest, { caps: { requestsPerConnection: 8 } }),
  mutant(
    'every-answer-twice',
    ['ws.only-answers'],
    socketClass(
      class extends WebSocket {
        override send(data: Buffer, options?: unknown, done?: unknown): void {
          super.send(data, options as object)
          super.send(data, options as object, done as () => void)
        }
      },
    ),
  ),
  mutant(
    'session-bound-to-its-connection',
    ['ws.session-moves'],
    remembering(made =>
      insert('session', ({ message: { kid }, arrival }) =>
        made.has(kid) && made.get(kid) !== arrival.connection ? 'session_unknown' : undefined,
      ),
    ),
  ),
  mutant(
    'session-ends-with-its-connection',
    ['ws.session-outlives'],
    remembering(made => {
      const ended = new Set<object>()
      return insert('session', ({ message: { kid } }) => {
        const connection = made.get(kid)
        void connection?.ended.then(() => ended.add(connection))
        return connection && ended.has(connection) ? 'session_unknown' : undefined
      })
    }),
  ),
  mutant(
    'record-once-over-each-transport',
    ['record.once/both-transports', 'record.replay/other-transport'],
    honest => {
      const refuse = oncePerTransport()
      return all(
        omit('session', 'record.replay'),
        omit('opened', 'record.once'),
        insert('opened', ({ arrival, session, seq }) => refuse(arrival.transport, `${session?.kid} ${seq}`)),
      )(honest)
    },
  ),
  mutant('nonce-once-over-each-transport', ['handshake.nonce-single-use/other-transport'], honest => {
    const refuse = oncePerTransport()
    return all(
      omit('handshake', 'handshake.nonce-single-use'),
      insert('handshake', ({ arrival, did, payload }) => refuse(arrival.transport, `${did} ${payload.nonce}`)),
    )(honest)
  }),
  mutant('idle-from-the-start', ['ws.first-message'], times({ firstMessageMs: Infinity })),
  mutant(
    'pings-count-as-messages',
    ['ws.first-message'],
    webSocket(honest => ({
      createPulse: (now, progress) => {
        const pulse = honest.createPulse(now, progress)
        const look = pulse.look.bind(pulse)
        pulse.look = (at, moved) => {
          if (moved !== progress) pulse.accepted()
          return look(at, moved)
        }
        return pulse
      },
    })),
  ),
  mutant(
    'refused-messages-count-as-accepted',
    ['ws.first-message'],
    insert('session', ({ arrival }) => void arrival.accepted(), 'session.unknown'),
  ),
  mutant('never-pings', ['ws.keep-alive'], times({ pingMs: Infinity })),
  mutant('pings-every-two-minutes', ['ws.keep-alive'], times({ pingMs: 120_000 })),
  mutant('dead-peers-kept', ['ws.dead-peer'], times({ pongMs: Infinity })),
  mutant(
    'live-peers-given-up',
    ['ws.dead-peer'],
    webSocket(honest => ({
      createPulse: (now, progress) => {
        const pulse = honest.createPulse(now, progress)
        const look = pulse.look.bind(pulse)
        pulse.look = at => look(at, progress)
        return pulse
      },
    })),
  ),
  mutant(
    'reads-on-for-who-does-not',
    ['ws.unread'],
    socketClass(
      class extends WebSocket {
        override pause(): void {
          return undefined
        }
      },
    ),
    { limits: { maxMessageBytes: 65_536 } },
  ),
  mutant('any-did-over-websocket', ['ws.same-as-http', 'message.did-initiator'], honest => {
    const lax = honest.guards.session.map<(typeof honest.guards.session)[number]>(([id, refuse]) => [
      id,
      context => (id === 'message.did-initiator' && context.arrival.transport === 'ws' ? undefined : refuse(context)),
    ])
    return { ...honest, guards: { ...honest.guards, session: lax } }
  }),
  mutant(
    'echo-at-once',
    ['task.echo-delay'],
    responder(() => ({ echo: plaintext => plaintext })),
  ),
]
