import { setMaxListeners } from 'node:events'
import type { Identity } from '../probe/initiator/target.js'
import { exchange, type Route } from '../probe/net/exchange.js'
import { Line } from '../probe/net/line.js'
import type { Network } from '../probe/net/network.js'
import { withMetricsToken } from '../probe/net/secret.js'
import type { Clock } from './clock.js'

/** How the network is used: time limit, trust, and what ends it all. */
export type Reach = Omit<Route, 'url'>

/** What may end a run before its time. */
export type Stop = 'interrupted' | 'target-lost'

/** What one case is played in. */
export interface Scene {
  /** The target's time, as it is estimated. */
  readonly clock: Clock
  readonly network: Network
  /** Identity that the caller gave; else the case makes one of its own. */
  readonly identity?: Identity | undefined
  /** Ends the connections that were opened in it. */
  readonly leave: () => void
}

/**
 * What a run has around it: the network and the clock of this machine, or a recording of both. `place` names a check, one
 * of its cases, or what goes before the first check.
 */
export interface World {
  /** How much the target's clock is ahead of ours, in nanoseconds, as far as it is known; the scenes reckon with it. */
  skew: bigint
  /** What is around the check, or the case of one, that `place` names: a network and a clock of its own. */
  scene(place: string): Scene
  /** Why nothing more is to be judged, if so. */
  stopped(place: string): Stop | undefined
  /** The target has stopped answering. */
  lose(): void
  /** Nothing more is to be begun, after the first failure: what is under way goes on to its end. */
  halt(): void
  /** Was the check at `place` not begun any more? */
  isHalted(place: string): boolean
}

/** The connections of one scene, by their numbers. */
const createNetwork = (reach: Reach, metricsToken?: string): Network & { readonly leave: () => void } => {
  const lines: Line[] = []
  const direct: Network['exchange'] = (request, url) => exchange(request, { ...reach, url })
  return {
    exchange: metricsToken === undefined ? direct : withMetricsToken(direct, metricsToken),
    async upgrade(request, url, manners) {
      const { exchanged, line } = await Line.open(request, { ...reach, url }, manners)
      return line ? { exchanged, connection: lines.push(line) - 1 } : { exchanged }
    },
    converse(connection, frames, until) {
      const line = lines[connection]
      if (!line) throw new Error(`there is no connection ${connection}`)
      return line.converse(frames, until)
    },
    leave() {
      for (const line of lines) line.hangUp()
    },
  }
}

/** The world as it is. */
export class LiveWorld implements World {
  skew = 0n
  #lost = false
  #halted = false

  /**
   * @param identity the one that the caller gave, if so
   * @param metricsToken what the caller gave for the metrics, if so: no scene gets to see it
   */
  constructor(
    readonly clock: Clock,
    readonly reach: Reach & { readonly signal: AbortSignal },
    readonly identity?: Identity,
    readonly metricsToken?: string,
  ) {
    // Every exchange under way listens: as many as there are jobs.
    setMaxListeners(0, reach.signal)
  }

  /** The network and the clock of this machine. */
  scene(): Scene {
    const { clock, reach, identity, metricsToken } = this
    const network = createNetwork(reach, metricsToken)
    return {
      clock: {
        exact: clock.exact,
        now: () => clock.now() + this.skew,
        elapse: seconds => clock.elapse(seconds),
      },
      network,
      identity,
      leave: network.leave,
    }
  }

  stopped(): Stop | undefined {
    if (this.reach.signal.aborted) return 'interrupted'
    return this.#lost ? 'target-lost' : undefined
  }

  lose(): void {
    this.#lost = true
  }

  halt(): void {
    this.#halted = true
  }

  isHalted(): boolean {
    return this.#halted
  }
}
