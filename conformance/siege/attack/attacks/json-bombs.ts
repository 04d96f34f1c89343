import { Pool } from 'undici'
import type { Attack } from '../attack.js'

const MEGABYTES_8 = 8_388_608

const fill = (head: string, piece: (index: number) => string, tail: string): Buffer => {
  const pieces = [head]
  let length = head.length + tail.length
  for (let index = 0; ; index++) {
    const next = piece(index)
    if ((length += next.length) > MEGABYTES_8) break
    pieces.push(next)
  }
  return Buffer.from([...pieces, tail].join(''))
}

/** Eight megabytes each, the most that a message may have. */
const bombs: readonly (() => Buffer)[] = [
  () => fill('', () => '[', ''),
  () => fill('', () => '{"a":', ''),
  () => fill('{"id":"a","n":', () => '9', '}'),
  () => fill('{"id":"a","n":[0', () => ',1e999999999', ']}'),
  () => fill('{"id":"a"', index => `,"m${index}":0`, '}'),
  () => fill('{"id":"a","n":[0', () => ',0', ']}'),
  () => fill('{"id":"a","n":[[]', () => ',{}', ']}'),
  () => fill('{"id":"a","n":"', () => '\\u0041', '"}'),
  () => fill('{"id":"a","n":"', () => 'A', '"}'),
  () => fill('{"id":"a",', () => '  ', '}'),
]

/** JSON that is made to be expensive. */
export const jsonBombs: Attack = {
  name: 'json-bombs',
  about: `Eight megabytes of JSON: nested, one number, ${bombs.length - 3} kinds of many and long members and strings, white space.`,
  unit: 'message',
  rate: 4,
  run: async ({ host, port, pace, dice, tally, signal }) => {
    const pool = new Pool(`http://${host}:${port}`, { connections: 2 })
    const made = bombs.map(make => make())
    while (await pace()) {
      tally.units++
      const answer = await pool
        .request({
          method: 'POST',
          path: '/messages',
          headers: { 'content-type': 'application/json' },
          body: dice.pick(made),
          signal,
        })
        .catch(() => undefined)
      if (answer === undefined) {
        if (!signal.aborted) tally.saw('closed', [])
        continue
      }
      await answer.body.dump()
      tally.saw(String(answer.statusCode), ['400'])
    }
    await pool.destroy()
  },
}
