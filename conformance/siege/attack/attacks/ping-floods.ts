import { concat } from '../../../probe/bytes/framing.js'
import { encodeFrame, opcodes, PLAIN_MASK } from '../../../probe/net/frames.js'
import { signHandshake } from '../../../probe/initiator/handshake-draft.js'
import { newHandshake, newIdentity } from '../../initiator.js'
import type { Attack } from '../attack.js'
import { Strike } from '../strike.js'

const ping = encodeFrame({ opcode: opcodes.ping, mask: PLAIN_MASK, payload: new Uint8Array(125) })
const PINGS = 100
const pings = concat(...Array.from({ length: PINGS }, () => ping))
const CONNECTIONS = 10

/** Pings, as large as they may be. */
export const pingFloods: Attack = {
  name: 'ping-floods',
  about:
    'Ten connections over WebSocket shake hands and send pings of 125 bytes, a hundred at a time; five of them read no pong.',
  unit: 'hundred pings',
  rate: 50,
  isBare: true,
  run: async scene => {
    const { pace, tally, signal, target } = scene
    const dialled = Array.from({ length: CONNECTIONS }, () => new Strike(scene))
    const taken = await Promise.all(dialled.map(strike => strike.upgrade()))
    // Who comes too late, on a machine that is busy, is not upgraded.
    const strikes = dialled.filter((_, index) => taken[index])
    // A connection on which nothing is ever accepted is ended after 30 s (ws.first-message).
    for (const strike of strikes) {
      if (target === undefined) break
      strike.text(JSON.stringify(signHandshake(newHandshake(target, newIdentity()))))
      const said = await strike.frame()
      if (!signal.aborted) tally.saw(said, ['text'])
    }
    for (const strike of strikes.slice(CONNECTIONS / 2)) strike.socket.pause()
    for (let turn = 0; await pace(); turn++) {
      const strike = strikes[turn % CONNECTIONS]
      if (strike === undefined) continue
      tally.units++
      if (strike.socket.writableNeedDrain) continue
      strike.send(pings)
      if (turn % CONNECTIONS >= CONNECTIONS / 2) continue
      const said = await strike.frame()
      if (!signal.aborted) tally.saw(said, ['pong'])
    }
    for (const strike of dialled) strike.end()
  },
}
