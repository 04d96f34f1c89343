import type { Attack } from '../attack.js'
import { hold } from '../hold.js'
import { Strike } from '../strike.js'

/** Slowloris: heads that never end. */
export const slowHeaders: Attack = {
  name: 'slow-headers',
  about: 'Up to 500 connections send the head of a request byte by byte, and never its end.',
  unit: 'connection',
  rate: 250,
  isBare: true,
  run: scene =>
    hold(
      scene,
      500,
      () => {
        const strike = new Strike(scene)
        strike.send('POST /messages HTTP/1.1\r\nHost: localhost\r\nX-')
        return strike
      },
      strike => strike.send('a'),
    ),
}
