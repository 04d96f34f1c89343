import { defaultLimits, type Capability, type Limits } from '../../schemas/index.js'
import { encodeBase64url } from '../probe/bytes/base64.js'
import { concat } from '../probe/bytes/framing.js'
import { encodeTime, SECOND } from '../probe/bytes/time.js'
import { encodeUtf8 } from '../probe/bytes/utf8.js'
import { canonicalCard, type CardDraft } from '../probe/identity/card.js'
import type { PlayedIdentity } from './identity.js'

const HOUR = 3600n * SECOND

/**
 * The card of an honest responder at `http`, and at `ws` where it takes connections, still unsigned: issued a minute ago,
 * good for a day.
 * @param capabilities beside `ws`, in the order of the alphabet, which `ws` ends
 */
export const draftCard = (
  { did, signingPublicKey, kemPublicKey }: PlayedIdentity,
  http: string,
  ws: string | undefined,
  { limits, capabilities }: { readonly limits: Partial<Limits>; readonly capabilities: readonly Capability[] },
  now: bigint,
): CardDraft => ({
  sage: '1.0',
  did,
  name: 'a responder of the conformance suite',
  keys: {
    signing: { kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(signingPublicKey) },
    kem: { kty: 'OKP', crv: 'X25519', x: encodeBase64url(kemPublicKey) },
  },
  endpoints: { http, ...(ws !== undefined && { ws }) },
  capabilities: ws === undefined ? capabilities : [...capabilities, 'ws'],
  limits: { ...defaultLimits, ...limits },
  issuedAt: encodeTime(now - 60n * SECOND),
  expiresAt: encodeTime(now + 24n * HOUR),
})

/** `text`, or anything else that is to pass for the canonical form of a card, signed: b64u. */
export const signCardText = (text: string, sign: PlayedIdentity['sign'], label = 'sage/card|v1\n'): string =>
  encodeBase64url(sign(concat(encodeUtf8(label), encodeUtf8(text))))

/** The card with its signature. */
export const signPlayedCard = (card: CardDraft, { sign }: PlayedIdentity): CardDraft & { signature: string } => ({
  ...card,
  signature: signCardText(canonicalCard(card), sign),
})
