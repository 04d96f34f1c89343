import { Pool } from 'undici'
import type { Scene } from '../attack.js'

const AT_ONCE = 16

/** Posts messages, one after the other over a few connections, as the pace allows; says what each is answered with. */
export const flood = async (
  { host, port, pace, signal, tally }: Scene,
  messageAt: (index: number) => string,
  saw: (status: number) => void,
): Promise<void> => {
  const pool = new Pool(`http://${host}:${port}`, { connections: AT_ONCE, pipelining: 1 })
  let index = 0
  const line = async (): Promise<void> => {
    while (await pace()) {
      tally.units++
      try {
        const { statusCode, body } = await pool.request({
          method: 'POST',
          path: '/messages',
          headers: { 'content-type': 'application/json' },
          body: messageAt(index++),
          signal,
        })
        await body.dump()
        saw(statusCode)
      } catch {
        if (!signal.aborted) tally.saw('closed', [])
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, line))
  await pool.destroy()
}
