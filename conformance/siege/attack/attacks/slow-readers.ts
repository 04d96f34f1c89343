import type { Attack } from '../attack.js'
import { hold } from '../hold.js'
import { Strike } from '../strike.js'

const card = 'GET /.well-known/sage.json HTTP/1.1\r\nHost: localhost\r\n\r\n'
const metrics = 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n'

/** Pages that are asked for a hundred times at once, and read slowly. */
export const slowReaders: Attack = {
  name: 'slow-readers',
  about: 'Up to 200 connections ask for card and metrics, twenty times without waiting, and read nothing or a little.',
  unit: 'connection',
  rate: 40,
  run: scene =>
    hold(
      scene,
      200,
      () => {
        const strike = new Strike(scene)
        strike.socket.pause()
        strike.send((card + metrics).repeat(10))
        return strike
      },
      strike => {
        strike.socket.read(64)
      },
    ),
}
