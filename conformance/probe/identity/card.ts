import { AgentCard, MAX_CARD_LIFETIME_DAYS, MAX_SKEW_SECONDS } from '../../../schemas/index.js'
import { encodeBase64url, parseBase64url } from '../bytes/base64.js'
import { concat } from '../bytes/framing.js'
import { parseJsonObject, type Json } from '../bytes/json.js'
import { parseTime, SECOND } from '../bytes/time.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { isEd25519Signature, signEd25519 } from '../crypto/ed25519.js'
import { isEqual } from '../crypto/hash.js'
import { Refusal, type Layer } from '../refusal.js'
import { parserOf } from '../wire/shape.js'
import { canonicalize } from './jcs.js'
import type { Resolve } from './resolver.js'

/** A card as a tester writes it: any object, right or wrong, still without `signature`. */
export type CardDraft = Readonly<Record<string, unknown>>

const signedBytes = (canonical: string): Uint8Array => concat(encodeUtf8('sage/card|v1\n'), encodeUtf8(canonical))

/** JCS of a card without its `signature`, as a reader of its JSON would see it: a member that is undefined is absent. */
export const canonicalCard = (card: CardDraft): string => {
  const { signature: _, ...unsigned } = card
  return canonicalize(JSON.parse(JSON.stringify(unsigned)) as Json)
}

/** The card with its `signature`, b64u of 64 bytes, by a private key of 32 bytes. */
export const signCard = <Card extends CardDraft>(card: Card, privateKey: Uint8Array): Card & { signature: string } => ({
  ...card,
  signature: encodeBase64url(signEd25519(privateKey, signedBytes(canonicalCard(card)))),
})

/** What a reader of a card knows beside the card. Times are nanoseconds from the Unix epoch. */
export interface CardReader {
  readonly now: bigint
  readonly resolve: Resolve
  /** The DID that the caller wants to talk to. */
  readonly expectedDid?: string | undefined
  /** `issuedAt` of the newest card accepted for this DID. */
  readonly latestIssuedAt?: bigint | undefined
}

/** The rules of a reader that the schema cannot state, in the order in which {@link verifyCard} applies them. */
export type CardRule =
  | 'card.schema'
  | 'card.capabilities-sorted'
  | 'card.signature'
  | 'card.signing-key'
  | 'card.expected-did'
  | 'card.expired'
  | 'card.issued-ahead'
  | 'card.lifetime'
  | 'card.superseded'

const DAY = 86_400n * SECOND
const parseCardShape = parserOf<AgentCard>(AgentCard)

const isSorted = (names: readonly string[]): boolean =>
  names.every((name, index) => index === 0 || (names[index - 1] ?? '') < name)

/**
 * An agent card from its JSON text, verified: every rule of the reader. The schema sees to `card.version`,
 * `card.endpoints-declared` and `card.capabilities-unknown`.
 * @throws Refusal `encoding` or `schema`; else with a {@link CardRule} as its rule, or with what `resolve` said
 */
export const verifyCard = (text: Uint8Array | string, reader: CardReader): AgentCard => {
  const source = parseJsonObject(text)
  const card = parseCardShape(source)
  const require = (holds: boolean, layer: Layer, rule: CardRule): void => {
    if (!holds) throw new Refusal(layer, rule)
  }
  require(Object.values(card.endpoints).every(endpoint => URL.canParse(endpoint)), 'schema', 'card.schema')
  require(isSorted(card.capabilities), 'schema', 'card.capabilities-sorted')
  const [issuedAt, expiresAt] = [parseTime(card.issuedAt), parseTime(card.expiresAt)]

  const key = reader.resolve(card.did)
  const signature = parseBase64url(card.signature)
  require(isEd25519Signature(key, signedBytes(canonicalCard(source)), signature), 'signature', 'card.signature')
  require(isEqual(parseBase64url(card.keys.signing.x), key), 'transcript', 'card.signing-key')
  require(card.did === (reader.expectedDid ?? card.did), 'identity', 'card.expected-did')

  const lifetime = expiresAt - issuedAt
  require(reader.now < expiresAt, 'freshness', 'card.expired')
  require(issuedAt - reader.now <= BigInt(MAX_SKEW_SECONDS) * SECOND, 'freshness', 'card.issued-ahead')
  require(lifetime > 0n && lifetime <= BigInt(MAX_CARD_LIFETIME_DAYS) * DAY, 'freshness', 'card.lifetime')
  require(issuedAt >= (reader.latestIssuedAt ?? issuedAt), 'freshness', 'card.superseded')
  return card
}
