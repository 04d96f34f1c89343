import { ECHO_TASK } from '../../../../schemas/index.js'
import { sealDraft } from '../../../probe/initiator/session-draft.js'
import { signHandshake } from '../../../probe/initiator/handshake-draft.js'
import { entropy, newHandshake, newIdentity, sessionOf } from '../../initiator.js'
import type { Attack } from '../attack.js'
import { flood } from './flood.js'

const prepared = new WeakMap<object, readonly string[]>()

const post = async (url: string, body: string): Promise<Uint8Array> => {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  if (answer.status !== 200) throw new Error(`what is to be sent again was answered with ${answer.status}`)
  return new Uint8Array(await answer.arrayBuffer())
}

/** What was accepted once, again and again. */
export const replays: Attack = {
  name: 'replays',
  about: 'A handshake and a record that were accepted, sent again and again.',
  unit: 'message',
  rate: 1000,
  prepare: async ({ target, tally }) => {
    const identity = newIdentity()
    const draft = newHandshake(target!, identity)
    const handshake = JSON.stringify(signHandshake(draft))
    const url = `${target!.http}/messages`
    const session = sessionOf(draft, identity, await post(url, handshake), target!)
    const record = JSON.stringify(sealDraft(session.draft(entropy, { task_id: ECHO_TASK })).envelope)
    await post(url, record)
    prepared.set(tally, [handshake, record])
  },
  run: scene => {
    const messages = prepared.get(scene.tally)!
    const { tally } = scene
    return flood(
      scene,
      index => messages[index % 2]!,
      status => tally.saw(String(status), ['401']),
    )
  },
}
