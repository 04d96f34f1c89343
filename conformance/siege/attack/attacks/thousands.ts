import type { Attack } from '../attack.js'
import { hold } from '../hold.js'
import { Strike } from '../strike.js'

/** More connections than anybody needs. */
export const thousandsOfConnections: Attack = {
  name: 'thousands-of-connections',
  about: 'Up to 3000 connections at once, a quarter of them upgraded to WebSocket, each with a question now and then.',
  unit: 'connection',
  rate: 1500,
  isBare: true,
  run: scene =>
    hold(scene, 3000, async () => {
      const strike = new Strike(scene)
      if (scene.dice.once(4)) await strike.upgrade()
      else strike.send('GET /.well-known/sage.json HTTP/1.1\r\nHost: localhost\r\n\r\n')
      return strike
    }),
}
