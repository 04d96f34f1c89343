import type { Exchanged, WireRequest } from './exchange.js'
import type { Frame } from './frames.js'
import type { Arrived, Until } from './inbox.js'
import type { Manners } from './line.js'

/** What came of an upgrade; where a connection stands it has a number, by which it is spoken over. */
export interface Upgraded {
  readonly exchanged: Exchanged
  readonly connection?: number
}

/** The ways to a target: the network, or a recording of it. Nothing here ever throws or sends again. */
export interface Network {
  /** Sends one request to the host of `url` and says what came of it. */
  readonly exchange: (request: WireRequest, url: URL) => Promise<Exchanged>
  /** Asks the host of `url` for a WebSocket connection. */
  readonly upgrade: (request: WireRequest, url: URL, manners?: Manners) => Promise<Upgraded>
  /** Sends frames over a connection, and waits for something. */
  readonly converse: (connection: number, frames: readonly Frame[], until: Until) => Promise<Arrived>
}
