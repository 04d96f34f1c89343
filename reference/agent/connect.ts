import { parseDid } from '../bytes/did.js'
import { isSageError, SageError } from '../bytes/sage-error.js'
import { withDeadline, type Deadline } from '../transport/deadline.js'
import { httpTransport } from '../http/http-transport.js'
import { composeResolver, type Resolver } from '../identity/resolver.js'
import type { ChannelOptions } from '../transport/channel.js'
import { checkWhole } from './check-whole.js'
import { systemClock, systemEntropy, type Clock, type Entropy } from './clock.js'
import type { Identity } from './identity.js'
import { initiate, messageIdOf } from './initiate.js'
import { honestInitiatorSeams, type InitiatorSeams } from './initiator-seams.js'
import { isSafe, parseHttpUrl } from './peer-address.js'
import { configuredPeer, discoverPeer, type CardRequest, type Peer } from './peer.js'
import { Session } from './session.js'

/** How an initiator is to connect. */
export interface ConnectOptions {
  readonly identity: Identity
  /** Shake hands with this DID and no other (identity.expected-did). */
  readonly expectedDid?: string
  /** A responder that is known without a card: its DID, its X25519 key (32 bytes), its endpoint, the URL by default. */
  readonly peer?: { readonly did: string; readonly kemKey: Uint8Array; readonly http?: string }
  /** Resolves DIDs other than `did:key`. */
  readonly resolver?: Resolver
  /** Use plain HTTP beyond this machine too (http.tls). */
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

const findPeer = async (
  url: URL,
  options: ConnectOptions,
  defaults: Pick<CardRequest, 'resolve' | 'clock' | 'timeoutMs' | 'seams'>,
): Promise<Peer> => {
  const { peer, identity, expectedDid, allowPlainHttp = false, signal } = options
  if (peer === undefined) return discoverPeer({ url, identity, expectedDid, allowPlainHttp, signal, ...defaults })
  checkDid(peer.did)
  const endpoint = peer.http === undefined ? url : parseHttpUrl(peer.http, 'configuration')
  if (!isSafe(endpoint, allowPlainHttp)) throw new SageError('configuration', 'plain HTTP is for this machine only')
  if (expectedDid !== undefined && expectedDid !== peer.did)
    throw new SageError('configuration', 'the expected DID is not the one of the peer')
  return configuredPeer(peer.did, peer.kemKey, endpoint)
}

/**
 * Connects with an initiator whose seams are given: `{ ...honestInitiatorSeams, guards: … }` is one that is wrong in one
 * place. Everybody else calls {@link connect}.
 * @throws SageError as {@link connect}
 */
export const connectWith = async (url: string, options: ConnectOptions, seams: InitiatorSeams): Promise<Session> => {
  const { identity, resolver, clock = systemClock, entropy = systemEntropy, timeoutMs = TIMEOUT_MS, signal } = options
  checkWhole(1, { timeoutMs })
  const base = parseHttpUrl(url, 'configuration')
  if (!isSafe(base, options.allowPlainHttp ?? false))
    throw new SageError('configuration', 'plain HTTP is for this machine only (allowPlainHttp)')
  if (options.expectedDid !== undefined) checkDid(options.expectedDid)
  const compose = composeResolver(resolver ? [resolver] : [], seams.parts)
  const resolve = boundedResolver(compose, { timeoutMs, signal })
  const peer = await findPeer(base, options, { resolve, clock, timeoutMs, seams })
  const channelOptions: ChannelOptions = {
    maxMessageBytes: peer.limits.maxMessageBytes,
    messageIdOf: answer => messageIdOf(answer, seams.parts),
    monotonic: () => clock.monotonic(),
    timeoutMs,
    signal,
  }
  const channel = await seams.initiatorParts.open(httpTransport, peer.endpoint, channelOptions)
  try {
    const live = await initiate({ identity, peer, channel, resolve, clock, entropy, timeoutMs, signal, seams })
    const isNamed = options.expectedDid !== undefined || options.peer !== undefined
    return new Session({
      live,
      peer: { did: peer.did, authenticatedBy: isNamed ? 'expected-did' : 'url' },
      limits: peer.limits,
      channel,
      clock,
      entropy,
      timeoutMs,
      seams,
    })
  } catch (error) {
    await channel.close()
    throw error
  }
}

/**
 * Reads the agent card at a URL, judges it, shakes hands, and gives the session. The KEM key comes from the card or from
 * `peer` (identity.kem-key-source); plain HTTP is for loopback unless the caller allows more (http.tls); no redirect is
 * followed (http.no-redirect).
 * @param url http or https, of the agent's host or of its endpoint, without user, query and fragment
 * @throws SageError `configuration` for a wrong option; `peer_rejected` when there is no acceptable card
 * (card.version to card.superseded, identity.expected-did), a DID does not resolve, the responder refuses, or its answer
 * is not acceptable (handshake.response-message to handshake.response-signature), with the reason as `cause`; `timeout`,
 * `aborted`, `connection_lost`. No session comes of any of these
 */
export const connect = (url: string, options: ConnectOptions): Promise<Session> =>
  connectWith(url, options, honestInitiatorSeams)
