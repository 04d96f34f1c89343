import type { Attack } from '../attack.js'
import { postHead, Strike } from '../strike.js'

const PIECE = Buffer.alloc(65_536, ' ')
const CHUNK = Buffer.concat([Buffer.from('10000\r\n'), PIECE, Buffer.from('\r\n')])
const PIECES = 400

/** Bodies beyond the limit, announced or not. */
export const oversizeBodies: Attack = {
  name: 'oversize-bodies',
  about: 'Bodies of 25 MB, announced by their length or in chunks, as far as they are taken.',
  unit: 'body',
  rate: 10,
  run: async scene => {
    const { pace, dice, tally, signal } = scene
    while (await pace()) {
      const strike = new Strike(scene)
      const isAnnounced = dice.once(2)
      strike.send(postHead(isAnnounced ? PIECES * PIECE.length : undefined))
      tally.units++
      let isAnswered = false
      const status = strike.status().finally(() => (isAnswered = true))
      for (let piece = 0; piece < PIECES && !isAnswered; piece++) {
        if (!strike.send(isAnnounced ? PIECE : CHUNK)) break
        await strike.drained()
      }
      const said = await status
      if (!signal.aborted) tally.saw(said, ['413'])
      strike.end()
    }
  },
}
