import type { Attack } from '../attack.js'
import { hold } from '../hold.js'
import { postHead, Strike } from '../strike.js'

/** Sockets on which nothing comes, or nothing more. */
export const halfOpen: Attack = {
  name: 'half-open',
  about: 'Up to 1000 connections say nothing, end their side at once, or end it in the middle of a request.',
  unit: 'connection',
  rate: 500,
  isBare: true,
  run: scene =>
    hold(scene, 1000, () => {
      const strike = new Strike(scene, true)
      const kind = scene.dice.under(3)
      if (kind === 1) strike.socket.end()
      if (kind === 2) strike.socket.end(postHead(100) + '{"id":')
      return strike
    }),
}
