import { SECOND } from '../../../reference/bytes/time.js'
import { honestCoreGuards, type CoreGuards } from '../../../reference/core/guards.js'
import type { DerivationMutant, Kill } from './mutant.js'

/** A guard by its id, whatever it looks at. */
type Named = readonly [id: string, ...rest: unknown[]]

const without = <List extends readonly Named[]>(list: List, id: string): List =>
  list.filter(([guard]) => guard !== id) as unknown as List

const lists: Readonly<Record<string, (honest: CoreGuards, id: string) => Partial<CoreGuards>>> = {
  card: (honest, id) => ({ card: without(honest.card, id) }),
  task: (honest, id) => ({ task: without(honest.task, id) }),
  responder: (honest, id) => ({ responder: without(honest.responder, id) }),
  before: (honest, id) => ({ response: { ...honest.response, before: without(honest.response.before, id) } }),
  after: (honest, id) => ({ response: { ...honest.response, after: without(honest.response.after, id) } }),
}

// A vector for every guard, by the id of its requirement: the one that only this guard refuses.
const vectors: Readonly<Record<string, string>> = {
  'card.capabilities-sorted': 'cards/verify-capabilities-unsorted',
  'card.signature': 'cards/verify-signature-flipped',
  'card.signing-key': 'cards/verify-signing-key-of-other',
  'card.expected-did': 'cards/verify-not-expected',
  'card.expired': 'cards/verify-expired',
  'card.issued-ahead': 'cards/verify-issued-ahead',
  'card.lifetime': 'cards/verify-lifetime-over-30-days',
  'card.superseded': 'cards/verify-superseded',
  'handshake.task': 'handshake-messages/request-message-other-task',
  'handshake.did-resolves': 'handshake-messages/request-did-unresolved',
  'handshake.signature': 'handshake-messages/request-message-signature-flipped',
  'handshake.did-match': 'handshake-messages/request-did-mismatch',
  'handshake.resp-did': 'handshake-messages/request-resp-did-other',
  'handshake.ts-fresh': 'handshake-messages/request-ts-over-120-before',
  'handshake.info-match': 'handshake-messages/request-info-other-suite',
  'handshake.export-ctx-match': 'handshake-messages/request-export-ctx-other',
  'handshake.low-order': 'handshake-messages/request-enc-small-order-zero',
  'handshake.response-message': 'handshake-messages/response-message-other-message',
  'handshake.response-version': 'handshake-messages/response-version',
  'handshake.response-echo': 'handshake-messages/response-ctx',
  'handshake.response-did': 'handshake-messages/response-did',
  'handshake.response-hashes': 'handshake-messages/response-info-hash',
  'handshake.response-ts': 'handshake-messages/response-ts-over-120-after',
  'handshake.response-ack-tag': 'handshake-messages/response-ack-tag-flipped',
  'handshake.response-signature': 'handshake-messages/response-signature-flipped',
}

/** Guards that no vector can miss, each with its reason. */
export const unmissed: Readonly<Record<string, string>> = {
  'handshake.nonce-single-use': 'needs two requests to one responder: judged by a check',
  'handshake.response-low-order': 'X25519 itself refuses an all-zero result: the guard only says it sooner',
}

const omissions = (list: string, guards: readonly Named[]): DerivationMutant[] =>
  guards
    .filter(([id]) => !Object.hasOwn(unmissed, id))
    .map(([id]) => ({
      name: `omits-${id.replace('.', '-')}`,
      kills: { vector: vectors[id] ?? `no vector for ${id}`, finding: 'accepted' },
      guards: honest => lists[list]!(honest, id),
    }))

/** A guard of the responder or of the card with another rule in its place. */
const replaced = (
  name: string,
  vector: string,
  finding: Kill['finding'],
  guards: DerivationMutant['guards'] & object,
) => ({
  name,
  kills: { vector, finding },
  guards,
})

const SKEW = 120n * SECOND
const magnitude = (value: bigint): bigint => (value < 0n ? -value : value)

/** The core with each of its rules left out, one by one, and with rules that are off by one. */
export const guardMutants: readonly DerivationMutant[] = [
  ...omissions('card', honestCoreGuards.card),
  ...omissions('task', honestCoreGuards.task),
  ...omissions('responder', honestCoreGuards.responder),
  ...omissions('before', honestCoreGuards.response.before),
  ...omissions('after', honestCoreGuards.response.after),
  replaced('ts-border-refused', 'handshake-messages/request-ts-120-before', 'rejected', honest => ({
    responder: honest.responder.map(guard =>
      guard[0] === 'handshake.ts-fresh'
        ? [guard[0], ({ payload, now }) => (magnitude(payload.ts - now) >= SKEW ? 'authentication_failed' : undefined)]
        : guard,
    ),
  })),
  replaced('ts-future-not-checked', 'handshake-messages/request-ts-over-120-after', 'accepted', honest => ({
    responder: honest.responder.map(guard =>
      guard[0] === 'handshake.ts-fresh'
        ? [guard[0], ({ payload, now }) => (now - payload.ts > SKEW ? 'authentication_failed' : undefined)]
        : guard,
    ),
  })),
  replaced('card-expires-late', 'cards/verify-expired', 'accepted', honest => ({
    card: honest.card.map(guard =>
      guard[0] === 'card.expired'
        ? [guard[0], ({ parsed, now }) => (now > parsed.expiresAt ? 'peer_rejected' : undefined)]
        : guard,
    ),
  })),
  replaced('card-same-age-refused', 'cards/verify-same-age', 'rejected', honest => ({
    card: honest.card.map(guard =>
      guard[0] === 'card.superseded'
        ? [
            guard[0],
            ({ parsed, latestIssuedAt }) => (parsed.issuedAt <= (latestIssuedAt ?? -1n) ? 'peer_rejected' : undefined),
          ]
        : guard,
    ),
  })),
]
