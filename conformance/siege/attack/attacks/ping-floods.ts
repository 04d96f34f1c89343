import { concat } from '../../../probe/bytes/framing.js'
import { encodeFrame, opcodes, PLAIN_MASK } from '../../../probe/net/frames.js'
import type { Attack } from '../attack.js'
import { Strike } from '../strike.js'

const ping = encodeFrame({ opcode: opcodes.ping, mask: PLAIN_MASK, payload: new Uint8Array(125) })
const PINGS = 100
const pings = concat(...Array.from({ length: PINGS }, () => ping))
const CONNECTIONS = 10

/** Pings, as large as they may be. */
export const pingFloods: Attack = {
  name: 'ping-floods',
  about: 'Ten connections over WebSocket send pings of 125 bytes, a hundred at a time; five of them read no pong.',
  unit: 'hundred pings',
  rate: 50,
  isBare: true,
  run: async scene => {
    const { pace, tally, signal } = scene
    const strikes = Array.from({ length: CONNECTIONS }, () => new Strike(scene))
    await Promise.all(strikes.map(strike => strike.upgrade()))
    for (const strike of strikes.slice(CONNECTIONS / 2)) strike.socket.pause()
    for (let turn = 0; await pace(); turn++) {
      const strike = strikes[turn % CONNECTIONS]!
      tally.units++
      if (strike.socket.writableNeedDrain) continue
      strike.send(pings)
      if (turn % CONNECTIONS >= CONNECTIONS / 2) continue
      const said = await strike.frame()
      if (!signal.aborted) tally.saw(said, ['pong'])
    }
    for (const strike of strikes) strike.end()
  },
}
