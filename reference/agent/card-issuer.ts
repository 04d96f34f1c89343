import type { AgentCard, Limits } from '../../schemas/index.js'
import { encodeTime, SECOND } from '../bytes/time.js'
import { signCard, type UnsignedCard } from '../identity/agent-card.js'
import { encodeJwk } from '../identity/jwk.js'
import type { Parts } from '../parts.js'
import type { Clock } from './clock.js'
import type { Identity } from './identity.js'

const LIFETIME = 7n * 86400n * SECOND

/** What a responder says of itself. */
export interface CardContent {
  readonly identity: Identity
  readonly name?: string | undefined
  readonly endpoints: AgentCard['endpoints']
  readonly capabilities: readonly string[]
  readonly limits: Limits
}

/** Signs an agent's card, and again once half of its life is over. */
export class CardIssuer {
  private card: AgentCard | undefined
  private renewAt = 0n

  constructor(
    private readonly content: CardContent,
    private readonly clock: Clock,
    private readonly parts: Parts,
  ) {}

  /** The card of this moment (card.acceptable). */
  current(): AgentCard {
    const now = this.clock.now()
    if (this.card === undefined || now >= this.renewAt) {
      this.card = this.issue(now)
      this.renewAt = now + LIFETIME / 2n
    }
    return this.card
  }

  private issue(now: bigint): AgentCard {
    const { identity, name, endpoints, capabilities, limits } = this.content
    const unsigned: UnsignedCard = {
      sage: '1.0',
      did: identity.did,
      ...(name !== undefined && { name }),
      keys: {
        signing: encodeJwk('Ed25519', identity.signingPublicKey),
        kem: encodeJwk('X25519', identity.kemPublicKey),
      },
      endpoints,
      capabilities: [...capabilities].sort(),
      limits,
      issuedAt: encodeTime(now),
      expiresAt: encodeTime(now + LIFETIME),
    }
    return signCard(identity.signer, unsigned, this.parts).card
  }
}
