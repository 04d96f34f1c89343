import { MAX_CARD_LIFETIME_DAYS, MAX_SKEW_SECONDS } from '../../schemas/index.js'
import type { Guard } from '../bytes/guard.js'
import { SECOND } from '../bytes/time.js'
import type { ParsedCard } from './agent-card.js'
import type { IdentityParts } from './parts.js'

/** What a reader looks at when it judges a card. Times are nanoseconds since 1970. */
export interface CardContext {
  readonly parsed: ParsedCard
  readonly now: bigint
  /** The key resolved for the card's `did` (32 bytes), undefined when it does not resolve. */
  readonly resolvedKey: Uint8Array | undefined
  /** The DID that the caller wants to talk to, undefined when it named none. */
  readonly expectedDid?: string | undefined
  /** `issuedAt` of the newest card that this reader has accepted for the same DID, undefined for the first. */
  readonly latestIssuedAt?: bigint | undefined
  readonly parts: IdentityParts
}

/** One rule of the reader. */
export type CardGuard = Guard<CardContext, 'peer_rejected'>

const MAX_LIFETIME = BigInt(MAX_CARD_LIFETIME_DAYS) * 86400n * SECOND
const MAX_SKEW = BigInt(MAX_SKEW_SECONDS) * SECOND

const rejectIf = (wrong: boolean): 'peer_rejected' | undefined => (wrong ? 'peer_rejected' : undefined)

// Names are ASCII by their schema, so that the order of strings is that of their bytes.
const isAscending = (names: readonly string[]): boolean => names.every((name, i) => i === 0 || names[i - 1]! < name)

/** What a reader rejects, in the order of identity.md; its schema comes before. */
export const cardGuards: readonly CardGuard[] = [
  ['card.capabilities-sorted', ({ parsed }) => rejectIf(!isAscending(parsed.card.capabilities))],
  [
    'card.signature',
    ({ parsed, resolvedKey, parts }) =>
      rejectIf(!resolvedKey || !parts.isEd25519Signature(resolvedKey, parsed.signedBytes, parsed.signature)),
  ],
  [
    'card.signing-key',
    ({ parsed, resolvedKey, parts }) => rejectIf(!resolvedKey || !parts.equal(parsed.signingKey, resolvedKey)),
  ],
  [
    'card.expected-did',
    ({ parsed, expectedDid }) => rejectIf(expectedDid !== undefined && parsed.card.did !== expectedDid),
  ],
  ['card.expired', ({ parsed, now }) => rejectIf(now >= parsed.expiresAt)],
  ['card.issued-ahead', ({ parsed, now }) => rejectIf(parsed.issuedAt - now > MAX_SKEW)],
  [
    'card.lifetime',
    ({ parsed }) => {
      const lifetime = parsed.expiresAt - parsed.issuedAt
      return rejectIf(lifetime <= 0n || lifetime > MAX_LIFETIME)
    },
  ],
  [
    'card.superseded',
    ({ parsed, latestIssuedAt }) => rejectIf(latestIssuedAt !== undefined && parsed.issuedAt < latestIssuedAt),
  ],
]
