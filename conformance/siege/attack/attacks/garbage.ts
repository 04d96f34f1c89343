import type { Attack } from '../attack.js'
import { Strike } from '../strike.js'

const tlsHello = Buffer.from(
  '16030100c8010000c40303' + '5a'.repeat(32) + '20' + 'a5'.repeat(32) + '0022130113031302c02bc02fcca9cca8c02cc030',
  'hex',
)
const http2Preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0'

/** What is no HTTP. */
export const garbage: Attack = {
  name: 'garbage',
  about:
    'Four kilobytes of random bytes, the hello of TLS, the preface of HTTP/2 or a null byte, on a connection of its own each.',
  unit: 'connection',
  rate: 1000,
  isBare: true,
  run: async scene => {
    const { pace, dice, tally, signal } = scene
    const going = new Set<Promise<void>>()
    const noise = dice.bytes(65_536)
    const one = async (): Promise<void> => {
      const from = dice.under(noise.length - 4096)
      const bytes = dice.pick([noise.subarray(from, from + 4096), tlsHello, http2Preface, '\0'])
      const strike = new Strike(scene)
      tally.units++
      strike.send(bytes)
      const status = await strike.status()
      if (!signal.aborted) tally.saw(status, ['400', 'closed', '404', '426'])
      strike.end()
    }
    while (await pace()) {
      const next: Promise<void> = one().finally(() => going.delete(next))
      going.add(next)
    }
    await Promise.all(going)
  },
}
