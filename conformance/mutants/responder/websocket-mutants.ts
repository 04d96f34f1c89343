import { WebSocket } from 'ws'
import { parseMessage } from '../../../reference/message/envelope.js'
import { Pulse, responderTimes, type PulseTimes } from '../../../reference/websocket/pulse.js'
import { all, insert, mutant, omit, parts, responder, sockets, webSocket, wire, type Fault } from './mutant.js'
import { continuation, isControl, mendedLine, type Mend } from './mended-line.js'

const TEXT = 1
const noMask = Buffer.alloc(4)

/** Frames are taken that the RFC forbids. */
const takes = (mend: Mend): Fault => webSocket(() => ({ line: mendedLine(mend) }))

/** Other times. */
const times = (change: Partial<PulseTimes>): Fault =>
  webSocket(() => ({
    createPulse: (now, progress) => new Pulse({ ...responderTimes, ...change }, now, progress),
  }))

/** A socket that does one thing in another way. */
const socketClass = (Class: typeof WebSocket): Fault => sockets(honest => ({ ...honest, WebSocket: Class }))

/** Where one code is due, connections are closed with another. */
const closesWith = (other: number, due: number): Fault =>
  socketClass(
    class extends WebSocket {
      override close(code?: number, reason?: string | Buffer): void {
        super.close(code === due ? other : code, reason)
      }
    },
  )

/** The lines of the answer to an upgrade, changed. */
const upgradeHeaders = (change: (lines: readonly string[]) => readonly string[]): Fault =>
  webSocket(honest => ({ upgradeHeaders: lines => change(honest.upgradeHeaders(lines)) }))

const isFrom = (header: string) => (line: string) => line.toLowerCase().startsWith(`${header}:`)

/** The session that the answer to a handshake names. */
const kidIn = (answer: string): string => {
  const { data } = JSON.parse(answer) as { data: string }
  return (JSON.parse(Buffer.from(data, 'base64').toString()) as { kid: string }).kid
}

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

const opening = [
  mutant(
    'subprotocol-not-selected',
    ['ws.subprotocol'],
    upgradeHeaders(lines => lines.filter(line => !isFrom('sec-websocket-protocol')(line))),
  ),
  mutant(
    'first-subprotocol-selected',
    ['ws.subprotocol'],
    sockets(honest => ({ ...honest, handleProtocols: offered => [...offered][0] ?? false })),
  ),
  mutant(
    'accept-of-another-key',
    ['ws.endpoint'],
    upgradeHeaders(lines => lines.map(line => line.replace(/^(sec-websocket-accept: )./i, '$1='))),
  ),
  mutant(
    'deflate-negotiated',
    ['ws.no-extension'],
    sockets(honest => ({ ...honest, perMessageDeflate: true })),
  ),
  mutant(
    'cors-header-sent',
    ['ws.no-cors'],
    upgradeHeaders(lines => [...lines, 'Access-Control-Allow-Origin: *']),
  ),
  mutant(
    'cors-header-in-refusals',
    ['ws.no-cors'],
    wire(['upgrade'], answer => ({ ...answer, headers: { ...answer.headers, 'access-control-allow-origin': '*' } })),
  ),
  mutant(
    'origin-null-let-in',
    ['ws.origin'],
    all(
      omit('upgrade', 'ws.origin'),
      insert('upgrade', ({ headers }) => ((headers['origin'] ?? ['null'])[0] === 'null' ? undefined : 403)),
    ),
  ),
  mutant(
    'plain-get-not-found',
    ['ws.upgrade-required'],
    wire(['upgrade'], answer => (answer.status === 426 ? { ...answer, status: 404 } : answer)),
  ),
  mutant(
    'subprotocol-by-its-beginning',
    ['ws.subprotocol-required'],
    all(
      omit('upgrade', 'ws.subprotocol-required'),
      insert('upgrade', ({ headers }) =>
        headers['sec-websocket-protocol']?.[0]?.startsWith('sage.') ? undefined : 400,
      ),
    ),
  ),
  mutant(
    'upgrades-from-any-host',
    ['http.loopback-host/upgrade'],
    all(
      omit('front', 'http.loopback-host'),
      insert('front', ({ headers }) =>
        headers['upgrade'] || /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i.test(headers['host']?.[0] ?? '')
          ? undefined
          : 'malformed',
      ),
    ),
  ),
]

const messages = [
  mutant('binary-closed-with-1002', ['ws.binary'], closesWith(1002, 1003)),
  mutant('not-json-closed-with-1008', ['ws.not-json', 'ws.not-utf8'], closesWith(1008, 1007)),
  mutant('no-id-closed-with-1007', ['ws.no-id'], closesWith(1007, 1008)),
  mutant('too-large-closed-with-1008', ['ws.message-limit', 'ws.message-limit/in-fragments'], closesWith(1008, 1009), {
    limits: { maxMessageBytes: 65_536 },
  }),
  mutant('wrong-frames-closed-with-1011', ['ws.protocol-error'], closesWith(1011, 1002)),
  mutant(
    'any-bytes-are-text',
    ['ws.not-utf8'],
    all(
      sockets(honest => ({ ...honest, skipUTF8Validation: true })),
      parts(honest => ({ parseJson: bytes => honest.parseJson(Buffer.from(Buffer.from(bytes).toString('utf8'))) })),
    ),
  ),
  mutant(
    'schema-violations-close',
    ['ws.same-as-http', 'message.schema'],
    insert('incoming', ({ reading }) => {
      if (!reading.isJson) return undefined
      try {
        parseMessage(reading.value)
        return undefined
      } catch {
        return 'notJson'
      }
    }),
  ),
  mutant(
    'errors-binary',
    ['ws.text'],
    webSocket(honest => ({
      text: async (text, about) => {
        const written = await honest.text(text, about)
        return about.kind === 'error' ? Buffer.from(written) : written
      },
    })),
  ),
  mutant(
    'oversize-read-to-its-end',
    ['ws.message-limit'],
    sockets(({ maxPayload = 0, ...honest }) => ({
      ...honest,
      maxPayload: 2 * maxPayload,
      WebSocket: class extends WebSocket {
        override emit(event: string | symbol, ...values: unknown[]): boolean {
          if (event !== 'message' || (values[0] as Buffer).length <= maxPayload) return super.emit(event, ...values)
          this.close(1009)
          return true
        }
      },
    })),
  ),
  mutant(
    'oversize-counted-by-frame',
    ['ws.message-limit/in-fragments'],
    all(
      sockets(honest => ({ ...honest, maxPayload: 1_000_000 })),
      takes(head => (head.length > 65_536 ? { ...head, length: 1_000_001 } : head)),
    ),
    { limits: { maxMessageBytes: 65_536 } },
  ),
  mutant(
    'text-limit-excluded',
    ['conventions.limit-inclusive/text'],
    sockets(honest => ({ ...honest, maxPayload: (honest.maxPayload ?? 0) - 1 })),
    { limits: { maxMessageBytes: 65_536 } },
  ),
  mutant(
    'sixteen-fragments-at-most',
    ['ws.fragments'],
    sockets(honest => ({ ...honest, maxFragments: 16 })),
  ),
  mutant(
    'unmasked-taken',
    ['ws.protocol-error'],
    takes(head => (head.mask.length === 0 ? { ...head, mask: noMask } : head)),
  ),
  mutant(
    'reserved-bits-taken',
    ['ws.protocol-error'],
    takes(head => ({ ...head, reserved: 0 })),
  ),
  mutant(
    'reserved-opcode-is-text',
    ['ws.protocol-error'],
    takes(head => (head.opcode === 3 ? { ...head, opcode: TEXT } : head)),
  ),
  mutant(
    'reserved-control-dropped',
    ['ws.protocol-error'],
    takes(head => (head.opcode > 10 ? undefined : head)),
  ),
  mutant(
    'long-control-dropped',
    ['ws.protocol-error'],
    takes(head => (isControl(head) && head.length > 125 ? undefined : head)),
  ),
  mutant(
    'fragmented-control-taken',
    ['ws.protocol-error'],
    takes(head => (isControl(head) ? { ...head, fin: true } : head)),
  ),
  mutant(
    'continuation-of-nothing-is-text',
    ['ws.protocol-error'],
    takes((head, isOpen) => (head.opcode === continuation && !isOpen ? { ...head, opcode: TEXT } : head)),
  ),
  mutant(
    'text-inside-a-message-dropped',
    ['ws.protocol-error'],
    takes((head, isOpen) => (head.opcode === TEXT && isOpen ? undefined : head)),
  ),
  mutant(
    'pings-unanswered',
    ['ws.ping'],
    sockets(honest => ({ ...honest, autoPong: false })),
  ),
  mutant(
    'pongs-empty',
    ['ws.ping'],
    socketClass(
      class extends WebSocket {
        override pong(): void {
          super.pong('')
        }
      },
    ),
  ),
  mutant(
    'pings-inside-messages-dropped',
    ['ws.ping'],
    takes((head, isOpen) => (isControl(head) && isOpen ? undefined : head)),
  ),
  mutant(
    'closes-unanswered',
    ['ws.close'],
    socketClass(
      class extends WebSocket {
        // An answer repeats the reason, or has no code.
        override close(code?: number, reason?: string | Buffer): void {
          if (code === undefined || reason !== undefined) this.terminate()
          else super.close(code)
        }
      },
    ),
  ),
]

const connections = [
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

/** Responders that are wrong over WebSocket. */
export const websocketMutants = [...opening, ...messages, ...connections]
