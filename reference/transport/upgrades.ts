import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** What takes connections that leave HTTP for another protocol, at a path of its own. */
export interface Upgrades {
  readonly path: string
  /**
   * The HTTP status with which a request at the path is refused, or undefined where it is not.
   * @param isUpgrade does it ask for the other protocol?
   */
  refuse(request: IncomingMessage, isUpgrade: boolean): number | undefined
  /**
   * Takes over the connection of an upgrade that is not refused.
   * @param head the first bytes that came after the request
   */
  take(request: IncomingMessage, socket: Duplex, head: Buffer): void
}
