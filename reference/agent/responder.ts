import { defaultLimits, type AgentCard, type Capability } from '../../schemas/index.js'
import { SageError } from '../bytes/sage-error.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { BoundedReplayStore } from '../handshake/replay-store.js'
import { taskGuards as handshakeTaskGuards } from '../handshake/responder-guards.js'
import { frontGuards, httpGuards } from '../http/http-guards.js'
import { listen } from '../http/listener.js'
import { isLoopbackHost } from '../http/loopback.js'
import { honestWire } from '../http/wire.js'
import { parseCard } from '../identity/agent-card.js'
import { composeResolver } from '../identity/resolver.js'
import { honestParts } from '../parts.js'
import { SessionTable } from '../session/session-table.js'
import type { Agent, ServeOptions } from './agent.js'
import { faultOf, undisturbed } from './agent-event.js'
import { CardIssuer } from './card-issuer.js'
import { systemClock, systemEntropy } from './clock.js'
import { createExchange } from './exchange-messages.js'
import { handshakeGuards } from './handshake-guards.js'
import type { LiveSession } from './live-session.js'
import { parseHttpUrl, urlText } from './peer-address.js'
import { responderParts } from './responder-parts.js'
import type { ResponderSeams, ResponderState } from './responder-state.js'
import { lifeGuards, openedGuards, sessionGuards } from './session-guards.js'
import { servedTasks, taskGuards } from './tasks.js'

const MAX_SESSIONS = 100_000
const MAX_PROVISIONAL_SESSIONS = 10_000
const MAX_REMEMBERED_NONCES = 250_000
const MAX_REQUESTS = 1024
const SWEEP_MS = 10_000
const DRAIN_MS = 5_000
const REQUEST_TIMEOUT_MS = 30_000

/** The responder as the specification has it. */
export const honestSeams: ResponderSeams = {
  parts: honestParts,
  responderParts,
  guards: {
    front: frontGuards,
    http: httpGuards,
    handshakeTask: handshakeTaskGuards,
    handshake: handshakeGuards,
    life: lifeGuards,
    session: sessionGuards,
    opened: openedGuards,
    task: taskGuards,
  },
  wire: honestWire,
}

/** What a deployer asks for is checked once, at the start: the card of an agent with a limit out of range is not valid. */
const checkCard = (card: AgentCard): void => {
  try {
    parseCard(encodeUtf8(JSON.stringify(card)))
  } catch (cause) {
    throw new SageError('configuration', 'the name or a limit is not one that a card may have', { cause })
  }
}

const createState = (options: ServeOptions, { parts, responderParts, guards }: ResponderSeams): ResponderState => {
  const { identity, clock = systemClock, entropy = systemEntropy, resolver, admit = () => true } = options
  const limits = { ...defaultLimits, ...options.limits }
  const monotonic = (): number => clock.monotonic()
  const isOver = (session: LiveSession): boolean => {
    const context = { session, now: monotonic(), limits }
    return session.ended || guards.life.some(([, refuse]) => refuse(context) !== undefined)
  }
  const caps = {
    inAll: options.caps?.sessions ?? MAX_SESSIONS,
    provisional: options.caps?.provisionalSessions ?? MAX_PROVISIONAL_SESSIONS,
    perDid: limits.maxSessionsPerDid,
  }
  const capacity = options.caps?.nonces ?? MAX_REMEMBERED_NONCES
  return {
    identity,
    limits,
    parts,
    responderParts,
    guards,
    tasks: servedTasks(options.tasks ?? {}, options.capabilities?.echo ?? true, responderParts),
    sessions: new SessionTable(caps, isOver, monotonic),
    replay: new BoundedReplayStore({ capacity, monotonic, key: responderParts.replayKey }),
    resolve: composeResolver(resolver ? [resolver] : [], parts),
    admit,
    clock,
    entropy,
    log: undisturbed(options.log),
  }
}

/**
 * Starts a responder whose seams are given: `{ ...honestSeams, wire: … }` is one that is wrong in one place. Everybody else
 * calls `serve`.
 * @throws SageError `configuration`
 */
export const createResponder = async (options: ServeOptions, seams: ResponderSeams = honestSeams): Promise<Agent> => {
  const { host = '127.0.0.1', port = 0, identity, publicUrl } = options
  if (publicUrl === undefined && !isLoopbackHost(host))
    throw new SageError('configuration', 'an agent that others can reach needs the public URL that they use (http.tls)')
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new SageError('configuration', 'a port is a whole number from 0 to 65535')
  const state = createState(options, seams)
  const { log, limits, parts, clock } = state
  const capabilities: Capability[] = (options.capabilities?.echo ?? true) ? ['echo'] : []
  const issuer = (endpoint: string): CardIssuer =>
    new CardIssuer({ identity, name: options.name, endpoint, capabilities, limits }, clock, parts)
  const base = publicUrl === undefined ? undefined : parseHttpUrl(publicUrl, 'configuration')
  const trial = issuer(base ? urlText(base) : 'http://127.0.0.1:1')
  checkCard(trial.current())
  let cards = trial
  const listener = await listen({
    host,
    port,
    messagesPath: `${base?.pathname.replace(/\/$/, '') ?? ''}/messages`,
    maxMessageBytes: limits.maxMessageBytes,
    maxRequests: options.caps?.requests ?? MAX_REQUESTS,
    requestTimeoutMs: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    frontGuards: seams.guards.front,
    httpGuards: seams.guards.http,
    wire: seams.wire,
    detailOf: seams.responderParts.detailOf,
    card: () => cards.current(),
    exchange: createExchange(state),
    fault: error => log(faultOf(error)),
  })
  const { address, family, port: ownPort } = listener.address
  const url = base ? urlText(base) : `http://${family === 'IPv6' ? `[${address}]` : address}:${ownPort}`
  if (!base) cards = issuer(url)
  const sweep = setInterval(() => state.sessions.sweep(), SWEEP_MS).unref()
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    clearInterval(sweep)
    await listener.close(options.drainMs ?? DRAIN_MS)
    state.sessions.close()
  }
  const agent = {
    url,
    did: identity.did,
    get card() {
      return cards.current()
    },
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => agent.close(),
  }
  return agent
}
