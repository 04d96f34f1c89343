import { AgentCard } from '../../schemas/index.js'
import { encodeBase64Url } from '../bytes/base64.js'
import { schemaParser } from '../bytes/schema.js'
import type { PrivateKey } from '../crypto/raw-key.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { enforce } from '../bytes/guard.js'
import { cardGuards, type CardContext } from './card-guards.js'
import { parseJwk } from './jwk.js'
import { identityParts, type IdentityParts } from './parts.js'

/** A card before it is signed. */
export type UnsignedCard = Omit<AgentCard, 'signature'>

/** A signed card whose form has been checked, with its values decoded. It proves nothing before {@link verifyCard}. */
export interface ParsedCard {
  readonly card: AgentCard
  /** Nanoseconds since 1970. */
  readonly issuedAt: bigint
  /** Nanoseconds since 1970. */
  readonly expiresAt: bigint
  /** 32 bytes. */
  readonly signingKey: Uint8Array
  /** 32 bytes. */
  readonly kemKey: Uint8Array
  /** 64 bytes. */
  readonly signature: Uint8Array
  /** The bytes that the signature is over. */
  readonly signedBytes: Uint8Array
}

const signedBytes = (canonical: string, parts: IdentityParts): Uint8Array => encodeUtf8(parts.cardLabel + canonical)

/**
 * The signature of a card (64 bytes) with the canonical text that it is over. `privateKey` is the 32-byte seed, or imported.
 * @throws SageError `malformed` when the card is not I-JSON
 */
export const signCard = (
  privateKey: PrivateKey,
  card: UnsignedCard,
  parts: IdentityParts = identityParts,
): { readonly canonical: string; readonly signature: Uint8Array; readonly card: AgentCard } => {
  const canonical = parts.canonicalJson(card)
  const signature = parts.signEd25519(privateKey, signedBytes(canonical, parts))
  return { canonical, signature, card: { ...card, signature: encodeBase64Url(signature) } }
}

const parseSchema = schemaParser(AgentCard, 'agent card')

/**
 * A card from the bytes of its JSON (card.schema, card.version, card.endpoints-declared).
 * @throws SageError `malformed`
 */
export const parseCard = (bytes: Uint8Array, parts: IdentityParts = identityParts): ParsedCard => {
  const card = parseSchema(parts.parseJson(bytes))
  const { signature, ...unsigned } = card
  return {
    card,
    issuedAt: parts.parseTime(card.issuedAt),
    expiresAt: parts.parseTime(card.expiresAt),
    signingKey: parseJwk(card.keys.signing),
    kemKey: parseJwk(card.keys.kem),
    signature: parts.parseBase64Url(signature, 64),
    signedBytes: signedBytes(parts.canonicalJson(unsigned), parts),
  }
}

/** What a reader knows when it judges a card. */
export type CardKnowledge = Omit<CardContext, 'parsed' | 'parts'>

/**
 * Judges a parsed card by the rules of identity.md.
 * @throws SageError `peer_rejected`
 */
export const verifyCard = (
  parsed: ParsedCard,
  knowledge: CardKnowledge,
  parts: IdentityParts = identityParts,
  guards = cardGuards,
): void => enforce(guards, { ...knowledge, parsed, parts })
