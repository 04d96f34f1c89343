import { gzipSync } from 'node:zlib'
import { Pool } from 'undici'
import { ECHO_TASK } from '../../../../schemas/index.js'
import { compressZeros } from '../../../probe/gzip/writer.js'
import { sealDraft } from '../../../probe/initiator/session-draft.js'
import type { ProbeSession } from '../../../probe/initiator/session-draft.js'
import { entropy, shakeHands } from '../../initiator.js'
import type { Attack } from '../attack.js'

const GIGABYTE = 2 ** 30

/** Members, and the authenticated error that each comes to; none where it is as good as any. */
const members = (): readonly (readonly [Uint8Array, string])[] => {
  const bomb = compressZeros(GIGABYTE)
  const twice = Buffer.concat([gzipSync('one'), gzipSync('two')])
  return [
    [bomb, 'payload_too_large'],
    [compressZeros(8_388_609), 'payload_too_large'],
    // A member in a member is inflated once: what comes out is small, and nobody inflates that.
    [gzipSync(bomb), 'success'],
    [bomb.subarray(0, 5000), 'malformed'],
    [twice, 'malformed'],
    [compressZeros(4000).subarray(0, -1), 'malformed'],
  ]
}

interface Bomb {
  readonly session: ProbeSession
  readonly members: ReturnType<typeof members>
}
const prepared = new WeakMap<object, Bomb>()

/** Plaintexts that are small on the wire, and large when they are inflated, from a peer that shook hands. */
export const gzipBombs: Attack = {
  name: 'gzip-bombs',
  about:
    'Sealed members of RFC 1952 that inflate a thousandfold, to a gigabyte; members in members, cut short, or two.',
  unit: 'message',
  rate: 10,
  prepare: async ({ target, tally }) => {
    prepared.set(tally, { session: await shakeHands(target!), members: members() })
  },
  run: async ({ host, port, pace, dice, tally, signal }) => {
    const { session, members } = prepared.get(tally)!
    const pool = new Pool(`http://${host}:${port}`, { connections: 2 })
    while (await pace()) {
      const [plaintext, error] = dice.pick(members)
      const { envelope } = sealDraft(session.draft(entropy, { task_id: ECHO_TASK, encoding: 'gzip', plaintext }))
      tally.units++
      const answer = await pool
        .request({
          method: 'POST',
          path: '/messages',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(envelope),
          signal,
        })
        .then(({ body }) => body.json() as Promise<{ readonly success: boolean; readonly error?: string }>)
        .catch(() => undefined)
      if (signal.aborted) break
      tally.saw(answer === undefined ? 'closed' : (answer.error ?? 'success'), [error])
    }
    await pool.destroy()
  },
}
