import type { AgentCard } from '../../schemas/index.js'
import { malformed } from '../bytes/sage-error.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { parseCard, signCard, verifyCard, type UnsignedCard } from '../identity/agent-card.js'
import { findKey } from './find-key.js'
import type { Operations } from './operation.js'

/** `did:key` and agent cards. */
export const identityOperations: Operations<'did-key.decode' | 'did-key.encode' | 'card.sign' | 'card.verify'> = {
  'did-key.decode': (input, { parts }) => ({
    publicKey: parts.decodeDidKey(input.text('did'), parts.parseEd25519PublicKey),
  }),

  'did-key.encode': (input, { parts }) => ({
    did: parts.encodeDidKey(parts.parseEd25519PublicKey(input.bytes('publicKey'))),
  }),

  'card.sign': (input, { parts }) => {
    const card: unknown = input.json('card')
    if (input.object('card').has('signature')) throw malformed('the card is signed already')
    const { canonical, signature } = signCard(input.bytes('privateKey', 32), card as UnsignedCard, parts)
    return { canonical, signature }
  },

  'card.verify': (input, { parts, guards }) => {
    const parsed = parseCard(encodeUtf8(input.text('card')), parts)
    const { did }: AgentCard = parsed.card
    const knowledge = {
      now: parts.parseTime(input.text('now')),
      resolvedKey: findKey(did, input.object('keys'), parts),
      expectedDid: input.has('expectedDid') ? input.text('expectedDid') : undefined,
      latestIssuedAt: input.has('latestIssuedAt') ? parts.parseTime(input.text('latestIssuedAt')) : undefined,
    }
    verifyCard(parsed, knowledge, parts, guards.card)
    return { did }
  },
}
