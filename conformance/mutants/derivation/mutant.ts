import type { CoreGuards } from '../../../reference/core/guards.js'
import { honestCoreGuards } from '../../../reference/core/guards.js'
import { createCorePeer } from '../../../reference/core-peer.js'
import type { JsonObject } from '../../../reference/bytes/json.js'
import { honestParts, type Parts } from '../../../reference/parts.js'
import type { Peer } from '../../vectors/compare.js'

/** A cryptographic core with one fault, and the vector that finds it. */
export interface DerivationMutant {
  readonly name: string
  readonly kills: Kill
  readonly parts?: (honest: Parts) => Partial<Parts>
  readonly guards?: (honest: CoreGuards) => Partial<CoreGuards>
}

/** How a mutant is found out. */
export interface Kill {
  /** `file/test`. */
  readonly vector: string
  /** The first value that is wrong, or the outcome, where that is wrong. */
  readonly finding: { readonly step: string } | 'accepted' | 'rejected'
}

/** A core that differs from the honest one in the fault of `mutant`, and in nothing else. */
export const mutantPeer = ({ parts, guards }: Pick<DerivationMutant, 'parts' | 'guards'>): Peer => {
  const peer = createCorePeer(
    { ...honestParts, ...parts?.(honestParts) },
    { ...honestCoreGuards, ...guards?.(honestCoreGuards) },
  )
  return (op, input) => {
    const answer = peer(op, input as JsonObject)
    return answer.outcome === 'accept' ? answer : { outcome: answer.outcome }
  }
}
