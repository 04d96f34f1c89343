import type { Counter } from '../runner/counting.js'
import type { Kit } from '../runner/kit.js'
import { readMetrics } from '../runner/metrics-reading.js'
import { isCounted, readTable } from './metrics-table.js'

/** Times that a value is looked at which is to change by itself. */
const LOOKS = 20

/** How the metrics of a target are read. */
export const counter: Counter = {
  read: async kit => readTable(await readMetrics(kit), kit.target, kit.conversation.around.transport),
  isCounted,
}

/** Name of a histogram, of the transport over which is judged. */
export const seconds = (kit: Kit): string => `sage_request_seconds ${kit.conversation.around.transport}`
export const bytes = (kit: Kit, direction: 'in' | 'out'): string =>
  `sage_payload_bytes ${kit.conversation.around.transport} ${direction}`

/** Name of the sum of a histogram. */
export const sumOf = (name: string): string => `${name} sum`

/** Values by their names, as they are shown now. */
export const shown = async (kit: Kit): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries(await counter.read(kit))

/** Looks at what is shown until it is as it should be, or has been looked at for a while. */
export const lookUntil = async (
  kit: Kit,
  isSo: (reading: Readonly<Record<string, number>>) => boolean,
): Promise<void> => {
  for (let looks = 0; looks < LOOKS; looks++) if (isSo(await shown(kit))) return
}
