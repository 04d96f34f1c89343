import { NONCE_MEMORY_SECONDS } from '../../schemas/index.js'

/** What a claim finds: never seen in the memory's time, seen, or no room to remember it. */
export type Claim = 'fresh' | 'seen' | 'full'

const MEMORY_MS = NONCE_MEMORY_SECONDS * 1000

/**
 * The handshake nonces that a responder has accepted in the last 600 seconds, those 600 included. Bounded: when it is
 * full it says so, and forgets nothing before its time (handshake.nonce-single-use, handshake.no-forgetting).
 */
export class ReplayStore {
  // All keys live equally long, so the order of insertion is the order in which they are to be forgotten.
  private readonly claimedAt = new Map<string, number>()

  /**
   * @param capacity keys remembered at most
   * @param monotonic milliseconds of a clock that never goes back
   */
  constructor(
    private readonly capacity: number,
    private readonly monotonic: () => number,
  ) {}

  /** Keys remembered. */
  get size(): number {
    return this.claimedAt.size
  }

  /** Tests and sets in one step: of any number of claims of one key at once, exactly one is `fresh`. */
  claim(key: string): Claim {
    const now = this.monotonic()
    this.forget(now)
    if (this.claimedAt.has(key)) return 'seen'
    if (this.claimedAt.size >= this.capacity) return 'full'
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
