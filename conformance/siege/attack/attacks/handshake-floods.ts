import { signHandshake } from '../../../probe/initiator/handshake-draft.js'
import { newHandshake, newIdentity } from '../../initiator.js'
import type { Attack, Scene } from '../attack.js'
import { flood } from './flood.js'

const RATE = 200

const prepared = new WeakMap<object, readonly string[]>()

/** Handshakes of so many DIDs, signed ahead of time. */
const prepare =
  (dids: number) =>
  async ({ target, tally }: Scene, seconds: number): Promise<void> => {
    const identities = Array.from({ length: dids }, () => newIdentity())
    const messages: string[] = []
    for (let made = 0; made < RATE * seconds; made++) {
      messages.push(JSON.stringify(signHandshake(newHandshake(target!, identities[made % dids]))))
      if (made % 50 === 0) await new Promise(resolve => setImmediate(resolve))
    }
    prepared.set(tally, messages)
  }

/** Each of them is good the first time; who has too many sessions is turned away. */
const run = (scene: Scene): Promise<void> => {
  const messages = prepared.get(scene.tally)!
  let sent = 0
  const { tally } = scene
  return flood(
    scene,
    index => messages[index % messages.length]!,
    status => tally.saw(String(status), sent++ < messages.length ? ['200', '503'] : ['200', '401', '503']),
  )
}

/** Good handshakes, more than anybody needs. */
export const handshakeFloodOfOne: Attack = {
  name: 'handshakes-of-one-did',
  about: 'Valid handshakes of one DID, signed ahead of time; beyond maxSessionsPerDid each is turned away.',
  unit: 'handshake',
  rate: RATE,
  prepare: prepare(1),
  run,
}

/** The same from everywhere. */
export const handshakeFloodOfMany: Attack = {
  name: 'handshakes-of-many-dids',
  about: 'Valid handshakes of as many DIDs, signed ahead of time, none of which ever sends a record.',
  unit: 'handshake',
  rate: RATE,
  prepare: (scene, seconds) => prepare(RATE * seconds)(scene, seconds),
  run,
}
