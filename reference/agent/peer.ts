import { defaultLimits, type Limits } from '../../schemas/index.js'
import { isSageError, SageError } from '../bytes/sage-error.js'
import { CARD_PATH } from '../http/card-path.js'
import type { HttpClient } from '../http/http-client.js'
import type { Lease } from '../transport/shared.js'
import { isLoopbackHost } from '../transport/loopback.js'
import { parseCard, verifyCard, type CardKnowledge, type ParsedCard } from '../identity/agent-card.js'
import type { Resolver } from '../identity/resolver.js'
import type { Clock } from './clock.js'
import type { Identity } from './identity.js'
import type { InitiatorSeams } from './initiator-seams.js'
import { isSafe, parseAddress } from './peer-address.js'

/** What an initiator knows of a responder before it shakes hands. */
export interface Peer {
  readonly did: string
  /** X25519, 32 bytes (identity.kem-key-source). */
  readonly kemKey: Uint8Array
  /** Where it takes messages, each by its own transport. */
  readonly endpoints: readonly URL[]
  readonly limits: Limits
  /** What its card declares. */
  readonly capabilities: readonly string[]
}

/** How a responder's card is fetched and judged. */
export interface CardRequest {
  readonly url: URL
  readonly identity: Identity
  readonly expectedDid?: string | undefined
  readonly resolve: Resolver
  readonly clock: Clock
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  readonly allowPlainHttp: boolean
  readonly seams: InitiatorSeams
  /** A client of an origin, to be given back. */
  readonly clientOf: (origin: string) => Lease<HttpClient>
}

const MAX_CARD_BYTES = 65_536

// `issuedAt` of the newest card that an identity has accepted of each DID (card.superseded). It lasts as long as the
// identity, and no list of strangers makes it grow beyond this.
const MAX_REMEMBERED = 10_000
const accepted = new WeakMap<Identity, Map<string, bigint>>()

const rememberedBy = (identity: Identity): Map<string, bigint> => {
  const remembered = accepted.get(identity) ?? new Map<string, bigint>()
  accepted.set(identity, remembered)
  return remembered
}

const fetchCard = async ({ url, timeoutMs, signal, clientOf }: CardRequest): Promise<Uint8Array> => {
  const { value: client, release } = clientOf(url.origin)
  try {
    const { status, body } = await client.request({
      method: 'GET',
      path: CARD_PATH,
      maxBytes: MAX_CARD_BYTES,
      timeoutMs,
      signal,
    })
    if (status !== 200) throw new SageError('peer_rejected', 'there is no agent card')
    return body
  } finally {
    await release()
  }
}

const readCard = (bytes: Uint8Array, { parts }: InitiatorSeams): ParsedCard => {
  try {
    return parseCard(bytes, parts)
  } catch (cause) {
    if (!isSageError(cause)) throw cause
    throw new SageError('peer_rejected', 'what is there is not an agent card', { cause })
  }
}

const judgeCard = (parsed: ParsedCard, knowledge: CardKnowledge, { parts, guards }: InitiatorSeams): void => {
  const { did } = parsed.card
  if (knowledge.expectedDid !== undefined && did !== knowledge.expectedDid)
    throw new SageError('peer_rejected', 'the agent there is not the one that is expected')
  try {
    verifyCard(parsed, knowledge, parts, guards.card)
  } catch (cause) {
    if (!isSageError(cause)) throw cause
    throw new SageError('peer_rejected', "the agent's card is not acceptable", { cause })
  }
}

/** A stranger's card must not send us into our own machine, nor a loopback exception out of it. */
const endpointsOf = ({ card }: ParsedCard, { url, allowPlainHttp }: CardRequest): URL[] => {
  const { http, ws } = card.endpoints
  return [http, ...(ws === undefined ? [] : [ws])].map(text => {
    const endpoint = parseAddress(text, 'peer_rejected')
    const pointsInward = isLoopbackHost(endpoint.hostname) && !isLoopbackHost(url.hostname)
    if (pointsInward || !isSafe(endpoint, allowPlainHttp))
      throw new SageError('peer_rejected', 'the card names an endpoint that is not safe to use')
    return endpoint
  })
}

/**
 * Fetches the card of the host of a URL and judges it by the rules of identity.md.
 * @throws SageError `peer_rejected` when there is no acceptable card; `unreachable`, `timeout`,
 * `aborted`, `connection_lost`
 */
export const discoverPeer = async (request: CardRequest): Promise<Peer> => {
  const { seams } = request
  const parsed = readCard(await fetchCard(request), seams)
  const { did, limits, capabilities } = parsed.card
  const remembered = rememberedBy(request.identity)
  const resolvedKey = await request.resolve(did)
  const knowledge = {
    now: request.clock.now(),
    resolvedKey,
    expectedDid: request.expectedDid,
    latestIssuedAt: remembered.get(did),
  }
  judgeCard(parsed, knowledge, seams)
  const endpoints = endpointsOf(parsed, request)
  if (remembered.size < MAX_REMEMBERED || remembered.has(did)) remembered.set(did, parsed.issuedAt)
  return { did, kemKey: parsed.kemKey, endpoints, limits, capabilities }
}

/** A responder that is known without its card has the default limits (limits.defaults), and no capability. */
export const configuredPeer = (did: string, kemKey: Uint8Array, endpoints: readonly URL[]): Peer => {
  if (kemKey.length !== 32) throw new SageError('configuration', 'a KEM key has 32 bytes')
  return { did, kemKey, endpoints, limits: defaultLimits, capabilities: [] }
}
