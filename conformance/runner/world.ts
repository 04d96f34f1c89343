import { setMaxListeners } from 'node:events'
import type { Exchange } from '../probe/initiator/conversation.js'
import type { Identity } from '../probe/initiator/target.js'
import { exchange, type Route } from '../probe/net/exchange.js'
import type { Clock } from './clock.js'

/** How the network is used: time limit, trust, and what ends it all. */
export type Reach = Omit<Route, 'url'>

/** What may end a run before its time. */
export type Stop = 'interrupted' | 'target-lost'

/** What one case is played in. */
export interface Scene {
  /** The target's time, as it is estimated. */
  readonly clock: Clock
  readonly exchange: Exchange
  /** Identity that the caller gave; else the case makes one of its own. */
  readonly identity?: Identity | undefined
}

/**
 * What a run has around it: the network and the clock of this machine, or a recording of both. `place` names a check, one
 * of its cases, or what goes before the first check.
 */
export interface World {
  /** How much the target's clock is ahead of ours, in nanoseconds, as far as it is known; the scenes reckon with it. */
  skew: bigint
  scene(place: string): Scene
  /** Why nothing more is to be judged, if so. */
  stopped(place: string): Stop | undefined
  /** The target has stopped answering. */
  lose(): void
}

/** The world as it is. */
export class LiveWorld implements World {
  skew = 0n
  readonly #scene: Scene
  readonly #signal: AbortSignal
  #lost = false

  /** @param identity the one that the caller gave, if so */
  constructor(clock: Clock, reach: Reach & { readonly signal: AbortSignal }, identity?: Identity) {
    this.#signal = reach.signal
    // Every exchange under way listens: as many as there are jobs.
    setMaxListeners(0, reach.signal)
    this.#scene = {
      clock: {
        exact: clock.exact,
        now: () => clock.now() + this.skew,
        elapse: seconds => clock.elapse(seconds),
      },
      exchange: (request, url) => exchange(request, { ...reach, url }),
      identity,
    }
  }

  scene(): Scene {
    return this.#scene
  }

  stopped(): Stop | undefined {
    if (this.#signal.aborted) return 'interrupted'
    return this.#lost ? 'target-lost' : undefined
  }

  lose(): void {
    this.#lost = true
  }
}
