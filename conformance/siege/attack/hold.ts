import type { Scene } from './attack.js'
import type { Strike } from './strike.js'

const DRIP_MS = 100
const HELD = 'held to the end'
const CUT_OFF = 'cut off by the target'

/**
 * Opens connections as fast as the pace allows, up to so many at a time, and gives each a byte of `drip` every tenth of a
 * second, or nothing.
 */
export const hold = async (
  { pace, signal, tally }: Scene,
  most: number,
  open: () => Promise<Strike> | Strike,
  drip?: (strike: Strike, tick: number) => void,
): Promise<void> => {
  const held = new Set<Strike>()
  let tick = 0
  const timer = setInterval(() => {
    tick++
    if (drip !== undefined) for (const strike of held) drip(strike, tick)
  }, DRIP_MS)
  while (await pace()) {
    if (held.size >= most) {
      await Promise.race([...held].map(({ closed }) => closed))
      continue
    }
    const strike = await open()
    tally.units++
    held.add(strike)
    void strike.closed.then(() => {
      held.delete(strike)
      tally.saw(signal.aborted ? HELD : CUT_OFF, [HELD, CUT_OFF])
    })
  }
  clearInterval(timer)
  for (const strike of held) strike.end()
  await Promise.all([...held].map(({ closed }) => closed))
}
