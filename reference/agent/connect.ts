import { parseDid } from '../bytes/did.js'
import { isSageError, SageError } from '../bytes/sage-error.js'
import { withDeadline, type Deadline } from '../transport/deadline.js'
import { composeResolver, type Resolver } from '../identity/resolver.js'
import type { Transport } from '../transport/channel.js'
import { checkWhole } from './check-whole.js'
import { systemClock, systemEntropy, type Clock, type Entropy } from './clock.js'
import { createConnections, type Connections } from './connections.js'
import type { Identity } from './identity.js'
import { honestInitiatorSeams, type InitiatorSeams } from './initiator-seams.js'
import { cardHostOf, isSafe, parseAddress } from './peer-address.js'
import { configuredPeer, discoverPeer, type CardRequest, type Peer } from './peer.js'
import { Routes } from './routes.js'
import { Session } from './session.js'
import { takeFirst, wayBy, type Attempt } from './take-route.js'
import { routesTo, schemeOf, transportsFor, transportsOf, type TransportChoice } from './transports.js'

/** How an initiator is to connect. */
export interface ConnectOptions {
  readonly identity: Identity
  /** Shake hands with this DID and no other (identity.expected-did). */
  readonly expectedDid?: string
  /**
   * A responder that is known without a card: its DID, its X25519 key (32 bytes), and its endpoint, the URL by default.
   * Several endpoints are ways to one responder, in order of preference among those of a transport.
   */
  readonly peer?: {
    readonly did: string
    readonly kemKey: Uint8Array
    readonly endpoint?: string | readonly string[]
  }
  /**
   * What may carry messages, in order of preference, `['ws', 'http']` by default; nothing else is used. Of two that lead to
   * the agent the second is taken where the first cannot be connected, at the handshake as later: the session goes on
   * there, and returns once the first is up again. What may have been delivered is not sent again.
   */
  readonly transports?: readonly TransportChoice[]
  /** Connections to share with other sessions; without them the session has its own, and ends them when it ends. */
  readonly connections?: Connections
  /** Resolves DIDs other than `did:key`. */
  readonly resolver?: Resolver
  /** Do without TLS beyond this machine too (http.tls, ws.tls). */
  readonly allowPlainHttp?: boolean
  /** Milliseconds for each exchange and each look-up of a DID, 30 000 by default. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  readonly clock?: Clock
  readonly entropy?: Entropy
}

const TIMEOUT_MS = 30_000

const checkDid = (did: string): void => {
  try {
    parseDid(did)
  } catch (cause) {
    throw isSageError(cause) ? new SageError('configuration', 'the expected DID is no DID', { cause }) : cause
  }
}

/** A resolver that answers in time, or not at all. @throws SageError `timeout`, `aborted`, `peer_rejected` when it fails */
const boundedResolver =
  (resolve: Resolver, deadline: Deadline): Resolver =>
  async did => {
    try {
      return await withDeadline(signal => resolve(did, signal), deadline)
    } catch (cause) {
      if (isSageError(cause, 'timeout') || isSageError(cause, 'aborted')) throw cause
      throw new SageError('peer_rejected', "the peer's DID could not be resolved", { cause })
    }
  }

type Known = Pick<CardRequest, 'resolve' | 'clock' | 'timeoutMs' | 'seams' | 'clientOf'>

interface Found {
  readonly peer: Peer
  /** Transports that may lead to it. */
  readonly transports: readonly Transport[]
}

const plainRefused = (): SageError =>
  new SageError('configuration', 'without TLS only this machine is reached, unless allowPlainHttp says otherwise')

const endpointsAt = (url: URL, endpoint: string | readonly string[] | undefined): readonly URL[] =>
  endpoint === undefined ? [url] : [endpoint].flat().map(text => parseAddress(text, 'configuration'))

/** A responder that the caller knows: the schemes of its endpoints decide. */
const knownPeer = (
  url: URL,
  { did, kemKey, endpoint }: NonNullable<ConnectOptions['peer']>,
  transports: readonly Transport[],
  { expectedDid, allowPlainHttp = false }: ConnectOptions,
): Found => {
  checkDid(did)
  const endpoints = endpointsAt(url, endpoint)
  if (endpoints.length === 0) throw new SageError('configuration', 'the peer has no endpoint')
  if (!endpoints.every(each => isSafe(each, allowPlainHttp))) throw plainRefused()
  if (expectedDid !== undefined && expectedDid !== did)
    throw new SageError('configuration', 'the expected DID is not the one of the peer')
  const serving = new Set(endpoints.flatMap(each => transportsFor(each, transports)))
  const inOrder = transports.filter(transport => serving.has(transport))
  return { peer: configuredPeer(did, kemKey, endpoints), transports: inOrder }
}

/** A responder that its card describes. An http URL names the agent, a ws URL the transport too. */
const describedPeer = async (
  url: URL,
  transports: readonly Transport[],
  { identity, expectedDid, allowPlainHttp = false, signal }: ConnectOptions,
  known: Known,
): Promise<Found> => {
  const leading = /^https?$/.test(schemeOf(url)) ? transports : transportsFor(url, transports)
  if (!/^(?:http|ws)s?$/.test(schemeOf(url)))
    throw new SageError('configuration', `cards are read over http: an agent at ${schemeOf(url)} needs peer`)
  if (!isSafe(url, allowPlainHttp)) throw plainRefused()
  const card = { url: cardHostOf(url), identity, expectedDid, allowPlainHttp, signal }
  return { peer: await discoverPeer({ ...card, ...known }), transports: leading }
}

/**
 * Connects with an initiator whose seams are given: `{ ...honestInitiatorSeams, guards: … }` is one that is wrong in one
 * place. Everybody else calls {@link connect}.
 * @throws SageError as {@link connect}
 */
export const connectWith = async (url: string, options: ConnectOptions, seams: InitiatorSeams): Promise<Session> => {
  const { clock, entropy } = options
  if (options.connections !== undefined) return connectOver(options.connections, url, options, seams)
  const own = createConnections({ ...(clock && { clock }), ...(entropy && { entropy }) })
  try {
    return await connectOver(own, url, options, seams)
  } catch (error) {
    await own.close()
    throw error
  }
}

const connectOver = async (
  connections: Connections,
  url: string,
  options: ConnectOptions,
  seams: InitiatorSeams,
): Promise<Session> => {
  const { identity, resolver, clock = systemClock, entropy = systemEntropy, timeoutMs = TIMEOUT_MS, signal } = options
  checkWhole(1, { timeoutMs })
  const allowed = transportsOf(connections.transports, options.transports)
  const base = parseAddress(url, 'configuration')
  if (options.expectedDid !== undefined) checkDid(options.expectedDid)
  const compose = composeResolver(resolver ? [resolver] : [], seams.parts)
  const resolve = boundedResolver(compose, { timeoutMs, signal })
  const clientOf = (origin: string) => connections.clientOf(origin)
  const { peer, transports } =
    options.peer === undefined
      ? await describedPeer(base, allowed, options, { resolve, clock, timeoutMs, seams, clientOf })
      : knownPeer(base, options.peer, allowed, options)
  const attempt: Attempt = { identity, peer, resolve, clock, entropy, timeoutMs, signal, seams }
  const ways = routesTo(peer.endpoints, transports).map(route => wayBy(route, connections.circuitOf(route), attempt))
  const { way, channel, live } = await takeFirst(ways, attempt)
  const isNamed = options.expectedDid !== undefined || options.peer !== undefined
  return new Session({
    live,
    openRoutes: ping => new Routes(ways, way, channel, ping),
    ...(options.connections === undefined && { connections }),
    peer: { did: peer.did, authenticatedBy: isNamed ? 'expected-did' : 'url' },
    limits: peer.limits,
    capabilities: peer.capabilities,
    clock,
    entropy,
    timeoutMs,
    seams,
  })
}

/**
 * Reads the agent card at a URL, judges it, shakes hands, and gives the session. The KEM key comes from the card or from
 * `peer` (identity.kem-key-source); without TLS only loopback is reached unless the caller allows more (http.tls, ws.tls);
 * no redirect is followed (http.no-redirect). Messages go by the first transport of `transports` for which the card has an
 * endpoint and which can be connected; with `peer`, by the one that serves the scheme of its endpoint. Where that is
 * lost later, the session goes on by the next that can be connected, and returns when the first is up again.
 * @param url http or https, of the agent's host or of its endpoint, without user, query and fragment; ws or wss for an agent
 * to be reached over WebSocket only, whose card is read over http or https; another scheme with `peer` and a transport that
 * serves it
 * @throws SageError `configuration` for a wrong option, or a scheme that no allowed transport serves; `peer_rejected` when
 * there is no acceptable card (card.version to card.superseded, identity.expected-did) or none that names an endpoint for an
 * allowed transport, a DID does not resolve, the responder refuses, or its answer is not acceptable
 * (handshake.response-message to handshake.response-signature), with the reason as `cause`; `unreachable`, `timeout`,
 * `aborted`, `connection_lost`. No session comes of any of these
 */
export const connect = (url: string, options: ConnectOptions): Promise<Session> =>
  connectWith(url, options, honestInitiatorSeams)
