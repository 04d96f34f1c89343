import { SUBPROTOCOL } from '../../schemas/index.js'
import type { Guard } from '../bytes/guard.js'

/** What the guards see of a request at the endpoint. */
export interface UpgradeContext {
  /** Does it ask for WebSocket? */
  readonly isUpgrade: boolean
  /** Every value of each header, by name in lower case. */
  readonly headers: Readonly<NodeJS.Dict<readonly string[]>>
  /** Origins that the deployer has listed. */
  readonly origins: ReadonlySet<string>
}

/** HTTP status of a refusal. */
export type UpgradeRefusal = 400 | 403 | 426

// The second is what browsers of the draft with version 8 sent, which is still understood.
const originsIn = ({ headers }: UpgradeContext): readonly string[] => [
  ...(headers['origin'] ?? []),
  ...(headers['sec-websocket-origin'] ?? []),
]

const offered = ({ headers }: UpgradeContext): string[] =>
  (headers['sec-websocket-protocol'] ?? []).flatMap(value => value.split(',').map(name => name.trim()))

/** What a responder asks of a request at its WebSocket endpoint. */
export const upgradeGuards: readonly Guard<UpgradeContext, UpgradeRefusal>[] = [
  ['ws.upgrade-required', ({ isUpgrade }) => (isUpgrade ? undefined : 426)],
  ['ws.origin', context => (originsIn(context).every(origin => context.origins.has(origin)) ? undefined : 403)],
  ['ws.subprotocol-required', context => (offered(context).includes(SUBPROTOCOL) ? undefined : 400)],
]
