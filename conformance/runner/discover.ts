import { defaultLimits, type AgentCard } from '../../schemas/index.js'
import { parseBase64url } from '../probe/bytes/base64.js'
import { verifyCard } from '../probe/identity/card.js'
import { createResolver, type Resolve } from '../probe/identity/resolver.js'
import { hasMember } from '../probe/initiator/answer.js'
import { cardUrlOf, type Target } from '../probe/initiator/target.js'
import { recordExchange, type AnswerKeeper } from '../probe/initiator/transcript.js'
import { headerValues, type WireResponse } from '../probe/net/response-reader.js'
import { Refusal } from '../probe/refusal.js'
import { parseJsonObject } from '../probe/bytes/json.js'
import type { Clock } from './clock.js'
import type { Recorder } from './recorder.js'

/** What the caller says of the target beside its URL; enough of it makes a card unnecessary. */
export interface TargetFlags {
  readonly did?: string | undefined
  /** X25519 public key, 32 bytes. */
  readonly kemKey?: Uint8Array | undefined
  /** Ed25519 public key, 32 bytes, of a DID that does not stand for itself. */
  readonly signingKey?: Uint8Array | undefined
  readonly http?: string | undefined
  readonly ws?: string | undefined
}

/** What was found at a URL. */
export type Discovery =
  | {
      readonly kind: 'target'
      readonly target: Target
      readonly resolve: Resolve
      /** How much the target's clock is ahead of ours, in nanoseconds, by its Date header: good to a second. */
      readonly skew: bigint
      /** What the DID's key rests upon. */
      readonly keyFrom: 'did:key' | 'card' | 'flags'
    }
  /** Something that is meant to be a card and is not acceptable, and no flags that would replace it: only it can be judged. */
  | { readonly kind: 'bad-card'; readonly target: Target; readonly resolve: Resolve; readonly skew: bigint }
  | { readonly kind: 'nothing'; readonly why: string }

const SECOND = 1_000_000_000n

/** Skew by the Date header; nothing below a minute, which a header of whole seconds and a slow network may make. */
const skewOf = (response: WireResponse, clock: Clock): bigint => {
  if (clock.exact) return 0n
  const now = clock.now()
  const [date = ''] = headerValues(response.headers, 'date')
  const milliseconds = Date.parse(date)
  if (Number.isNaN(milliseconds)) return 0n
  const skew = BigInt(milliseconds) * 1_000_000n - now
  return skew > 60n * SECOND || skew < -60n * SECOND ? skew : 0n
}

const resolverFor = (did: string | undefined, flags: TargetFlags, card: AgentCard | undefined) => {
  const key = flags.signingKey ?? (card && parseBase64url(card.keys.signing.x))
  const keyFrom = did?.startsWith('did:key:') ? 'did:key' : flags.signingKey ? 'flags' : 'card'
  return { resolve: createResolver(did !== undefined && key ? new Map([[did, key]]) : new Map()), keyFrom } as const
}

/** The claims of a card, before anything of them is believed: its DID and its signing key, where they are readable. */
const claimedBy = (body: Uint8Array): AgentCard | undefined => {
  try {
    const card = parseJsonObject(body) as unknown as AgentCard
    parseBase64url(card.keys.signing.x)
    return typeof card.did === 'string' ? card : undefined
  } catch {
    return undefined
  }
}

/** Reads and verifies the card of `response`. Throws Refusal. */
const readCard = (response: WireResponse, flags: TargetFlags, now: bigint) => {
  const claimed = claimedBy(response.body)
  const { resolve, keyFrom } = resolverFor(claimed?.did, flags, claimed)
  const card = verifyCard(response.body, { now, resolve, expectedDid: flags.did })
  return { card, resolve, keyFrom }
}

/** What Node and OpenSSL call a certificate that is not trusted. */
const distrust = /CERT|UNABLE_TO_VERIFY|ISSUER|SELF_SIGNED/

/** What most often lies behind a reason, and what to do about it. */
const advice: readonly (readonly [reason: RegExp, what: string])[] = [
  [/^ECONNREFUSED$/, 'nothing listens there; is the agent started, and is the port right?'],
  [/^(?:ENOTFOUND|EAI_AGAIN)$/, 'its name leads nowhere; is it right?'],
  [/^(?:EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/, 'no network leads there'],
  [/SSL_WRONG_VERSION|^EPROTO$|SSL_PACKET_LENGTH/, 'it does not speak TLS; is it http?'],
  [/^aborted$/, 'the run was interrupted'],
]

const whyUnreachable = ({ host }: URL, reason: string): string => {
  if (distrust.test(reason))
    return `${host} shows a certificate that is not trusted (${reason}): --ca FILE names who issued it, --insecure accepts any`
  const [, what] = advice.find(([form]) => form.test(reason)) ?? []
  return `${host} cannot be reached (${reason})${what === undefined ? '' : `: ${what}`}`
}

const trim = (endpoint: string): string => endpoint.replace(/\/$/, '')

/**
 * Finds out what is at `url`: a card there, or flags instead of one, make a target. Never throws for what the target
 * does. What it sees is written into `recorder`.
 */
export const discover = async (
  url: URL,
  flags: TargetFlags,
  recorder: Recorder,
  keeper: AnswerKeeper,
): Promise<Discovery> => {
  const { clock, scene, transcript } = recorder
  const cardUrl = cardUrlOf(url)
  const headers = [
    ['Host', url.host],
    ['User-Agent', 'sage-conformance'],
    ['Accept', 'application/json'],
  ] as const
  const request = { method: 'GET', path: cardUrl.pathname, headers, body: new Uint8Array(0) }
  const at = clock.now()
  const found = await scene.network.exchange(request, cardUrl)
  const happened = { at, request, url: cardUrl, exchanged: found }
  transcript.push({ step: 'discovery', what: 'agent card', ...recordExchange(happened, keeper) })
  if (found.kind === 'timeout')
    return { kind: 'nothing', why: `${url.host} does not answer in time; --timeout allows more` }
  if (found.kind !== 'response') return { kind: 'nothing', why: whyUnreachable(url, found.reason) }
  const { response } = found
  const skew = skewOf(response, clock)
  const isCard = response.status === 200 && hasMember(response.body, 'sage')
  const { did, kemKey } = flags
  try {
    if (isCard) {
      const { card, resolve, keyFrom } = readCard(response, flags, clock.now() + skew)
      const target: Target = {
        did: card.did,
        signingKey: resolve(card.did),
        kemKey: kemKey ?? parseBase64url(card.keys.kem.x),
        http: trim(flags.http ?? card.endpoints.http),
        ws: flags.ws ?? card.endpoints.ws,
        cardUrl,
        capabilities: new Set(card.capabilities),
        limits: card.limits,
        card,
      }
      return { kind: 'target', target, resolve, skew, keyFrom }
    }
    if (did !== undefined && kemKey) return fromFlags(url, cardUrl, { ...flags, did, kemKey }, skew)
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause
    if (did !== undefined && kemKey) return fromFlags(url, cardUrl, { ...flags, did, kemKey }, skew)
    return badCard(response, cardUrl, flags, skew)
  }
  return {
    kind: 'nothing',
    why: `no agent card at ${cardUrl.href} (HTTP ${response.status}), and no --did with --kem-key: is this where the agent is?`,
  }
}

/** A target of which nothing is known but where its card is. */
const badCard = (response: WireResponse, cardUrl: URL, flags: TargetFlags, skew: bigint): Discovery => {
  const claimed = claimedBy(response.body)
  const nobody = new Uint8Array(32)
  const target: Target = {
    did: flags.did ?? '',
    signingKey: nobody,
    kemKey: nobody,
    http: cardUrl.origin,
    cardUrl,
    capabilities: new Set(),
    limits: defaultLimits,
  }
  return { kind: 'bad-card', target, resolve: resolverFor(claimed?.did, flags, claimed).resolve, skew }
}

const fromFlags = (
  url: URL,
  cardUrl: URL,
  flags: TargetFlags & { did: string; kemKey: Uint8Array },
  skew: bigint,
): Discovery => {
  const { resolve, keyFrom } = resolverFor(flags.did, flags, undefined)
  const target: Target = {
    did: flags.did,
    signingKey: resolve(flags.did),
    kemKey: flags.kemKey,
    http: trim(flags.http ?? url.href),
    ws: flags.ws,
    cardUrl,
    capabilities: new Set(flags.ws === undefined ? [] : ['ws']),
    limits: defaultLimits,
  }
  return { kind: 'target', target, resolve, skew, keyFrom }
}
