import { NONCE_MEMORY_SECONDS } from '../../schemas/index.js'
import type { ReplayStore } from './responder-guards.js'

const MEMORY_MS = NONCE_MEMORY_SECONDS * 1000

/** What the store needs of its surroundings. */
export interface ReplayStoreOptions {
  /** Handshakes remembered at most. */
  readonly capacity: number
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number
  /** Text by which a handshake is remembered. */
  readonly key: (initDid: string, nonce: string) => string
}

/**
 * The handshake nonces that a responder has accepted in the last 600 seconds, those 600 included. Bounded: when it is
 * full it says so, and forgets nothing before its time (handshake.nonce-single-use, handshake.no-forgetting).
 */
export class BoundedReplayStore implements ReplayStore {
  // All keys live equally long, so the order of insertion is the order in which they are to be forgotten.
  private readonly claimedAt = new Map<string, number>()

  constructor(private readonly options: ReplayStoreOptions) {}

  /** Handshakes remembered, those included whose time is over since the last claim. */
  get size(): number {
    return this.claimedAt.size
  }

  /** Tests and sets in one step: of any number of claims of one pair at once, exactly one is `fresh`. */
  claim(initDid: string, nonce: string): 'fresh' | 'seen' | 'full' {
    const now = this.options.monotonic()
    this.forget(now)
    const key = this.options.key(initDid, nonce)
    if (this.claimedAt.has(key)) return 'seen'
    if (this.claimedAt.size >= this.options.capacity) return 'full'
    this.claimedAt.set(key, now)
    return 'fresh'
  }

  private forget(now: number): void {
    for (const [key, claimedAt] of this.claimedAt) {
      if (now - claimedAt <= MEMORY_MS) return
      this.claimedAt.delete(key)
    }
  }
}
