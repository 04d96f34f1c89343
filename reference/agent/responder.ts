import type { AgentCard } from '../../schemas/index.js'
import { SageError } from '../bytes/sage-error.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { listen, type Listener } from '../http/listener.js'
import { isLoopbackHost } from '../transport/loopback.js'
import { parseCard } from '../identity/agent-card.js'
import type { Exchange } from '../transport/exchange.js'
import { WebSocketListener } from '../websocket/websocket-listener.js'
import type { Agent, ServeOptions } from './agent.js'
import { faultOf } from './agent-event.js'
import { CardIssuer } from './card-issuer.js'
import { checkWhole } from './check-whole.js'
import { createState } from './create-state.js'
import { createMetering } from './create-metering.js'
import { endpointsOf, paths } from './endpoints.js'
import { createExchange } from './exchange-messages.js'
import { honestSeams } from './honest-seams.js'
import { createPages } from './pages.js'
import { parseHttpUrl, urlText } from './peer-address.js'
import type { ResponderSeams, ResponderState } from './responder-state.js'
import { startSweeping } from './sweeper.js'

const MAX_REQUESTS = 1024
const MAX_CONNECTIONS = 1024
const MAX_REQUESTS_PER_CONNECTION = 16_384
const MESSAGES_PER_CONNECTION = 4
/** Milliseconds for which a responder waits at its end for what runs, unless it is told otherwise. */
export const DRAIN_MS = 5_000
const REQUEST_TIMEOUT_MS = 30_000

/** Where an agent listens, and under what address others find it. */
interface Address {
  readonly host: string
  readonly port: number
  /** Undefined where others find it where it listens. */
  readonly publicUrl: URL | undefined
}

const checkAddress = ({ host = '127.0.0.1', port = 0, publicUrl }: ServeOptions): Address => {
  if (publicUrl === undefined && !isLoopbackHost(host))
    throw new SageError('configuration', 'an agent that others can reach needs the public URL that they use (http.tls)')
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new SageError('configuration', 'a port is a whole number from 0 to 65535')
  return { host, port, publicUrl: publicUrl === undefined ? undefined : parseHttpUrl(publicUrl, 'configuration') }
}

/** What a deployer asks for is checked once, at the start: the card of an agent with a limit out of range is not valid. */
const checkCard = (card: AgentCard): void => {
  try {
    parseCard(encodeUtf8(JSON.stringify(card)))
  } catch (cause) {
    throw new SageError('configuration', 'the name or a limit is not one that a card may have', { cause })
  }
}

const cardIssuer = (options: ServeOptions, http: string, state: ResponderState): CardIssuer => {
  const { identity, name } = options
  const { limits, capabilities, clock, parts } = state
  const endpoints = endpointsOf(http, capabilities)
  return new CardIssuer({ identity, name, endpoints, capabilities: [...capabilities], limits }, clock, parts)
}

const checkOrigin = (origin: string): string => {
  if (origin !== 'null' && !(URL.canParse(origin) && new URL(origin).origin === origin))
    throw new SageError('configuration', 'an origin is a scheme, a host and perhaps a port, or null (ws.origin)')
  return origin
}

/** What takes WebSocket connections, where the deployer wants them. */
const webSocketListener = (
  { capabilities: { ws = false } = {}, caps = {} }: ServeOptions,
  base: string,
  { log, limits: { maxMessageBytes }, clock, guards }: ResponderState,
  { webSocket: parts }: ResponderSeams,
  exchange: Exchange,
): WebSocketListener | undefined => {
  if (ws === false) return undefined
  return new WebSocketListener({
    path: base + paths.ws,
    origins: new Set((ws === true ? [] : (ws.origins ?? [])).map(checkOrigin)),
    maxMessageBytes,
    maxConnections: caps.connections ?? MAX_CONNECTIONS,
    caps: {
      requests: caps.requestsPerConnection ?? MAX_REQUESTS_PER_CONNECTION,
      requestBytes: caps.requestBytesPerConnection ?? MESSAGES_PER_CONNECTION * maxMessageBytes,
    },
    upgradeGuards: guards.upgrade,
    incomingGuards: guards.incoming,
    loadGuards: guards.load,
    parts,
    exchange,
    monotonic: () => clock.monotonic(),
    fault: error => log(faultOf(error)),
  })
}

const urlOf = ({ address, family, port }: Listener['address']): string =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`

/**
 * Starts a responder whose seams are given: `{ ...honestSeams, wire: … }` is one that is wrong in one place. Everybody else
 * calls `serve`.
 * @throws SageError `configuration`
 */
export const createResponder = async (options: ServeOptions, seams: ResponderSeams = honestSeams): Promise<Agent> => {
  const { host, port, publicUrl } = checkAddress(options)
  const { requestTimeoutMs, lookupTimeoutMs, drainMs, caps = {} } = options
  checkWhole(1, { requestTimeoutMs, lookupTimeoutMs, ...caps })
  checkWhole(0, { drainMs })
  checkWhole(1, { timeoutMs: options.shared?.timeoutMs })
  const state = createState(options, seams)
  const { log, limits, sessions, identity } = state
  // The port is not known before the listener has it, and what is wrong with the rest of the card is to be known before.
  let cards = cardIssuer(options, publicUrl ? urlText(publicUrl) : 'http://localhost', state)
  checkCard(cards.current())
  await sessions.start()
  const metering = await createMetering(options, state, () => webSockets?.size ?? 0)
  const exchange = createExchange(state, metering?.meter)
  const base = publicUrl?.pathname.replace(/\/$/, '') ?? ''
  const webSockets = webSocketListener(options, base, state, seams, exchange)
  const pages = createPages(base, () => cards.current(), state, metering?.page)
  const listener = await listen({
    host,
    port,
    messagesPath: base + paths.messages,
    batchPath: state.capabilities.has('batch') ? base + paths.batch : undefined,
    maxMessageBytes: limits.maxMessageBytes,
    maxRequests: caps.requests ?? MAX_REQUESTS,
    requestTimeoutMs: requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    frontGuards: seams.guards.front,
    httpGuards: seams.guards.http,
    parts: seams.http,
    wire: seams.wire,
    detailOf: seams.responderParts.detailOf,
    pages,
    exchange,
    upgrades: webSockets,
    fault: error => log(faultOf(error)),
  })
  const url = publicUrl ? urlText(publicUrl) : urlOf(listener.address)
  cards = cardIssuer(options, url, state)
  const stopSweeping = startSweeping(sessions)
  let closing: Promise<void> | undefined
  const close = async (signal?: AbortSignal): Promise<void> => {
    stopSweeping()
    const drainsMs = drainMs ?? DRAIN_MS
    await listener.close({ drainMs: drainsMs, signal, until: webSockets?.close(drainsMs, signal) })
    sessions.close()
  }
  const agent = {
    url,
    did: identity.did,
    get card() {
      return cards.current()
    },
    close: (options: { readonly signal?: AbortSignal } = {}) => (closing ??= close(options.signal)),
    [Symbol.asyncDispose]: () => agent.close(),
  }
  return agent
}
