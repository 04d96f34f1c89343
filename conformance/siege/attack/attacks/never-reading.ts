import { ECHO_TASK } from '../../../../schemas/index.js'
import { sealDraft } from '../../../probe/initiator/session-draft.js'
import { entropy, shakeHands } from '../../initiator.js'
import type { ProbeSession } from '../../../probe/initiator/session-draft.js'
import type { Attack, Scene } from '../attack.js'
import { hold } from '../hold.js'
import { postHead, Strike } from '../strike.js'

const PLAINTEXT = new Uint8Array(65_536)
const sessions = new WeakMap<object, ProbeSession>()

const prepare = async ({ target, tally }: Scene): Promise<void> => {
  sessions.set(tally, await shakeHands(target!))
}

/** An echo of 64 KiB. */
const echo = ({ tally }: Scene, wish: object = {}): string => {
  const session = sessions.get(tally)!
  return JSON.stringify(
    sealDraft(session.draft(entropy, { task_id: ECHO_TASK, plaintext: PLAINTEXT, ...wish })).envelope,
  )
}

const unread = (scene: Scene): Strike => {
  const strike = new Strike(scene)
  strike.socket.pause()
  return strike
}

/** Questions over HTTP, one behind the other, whose answers nobody reads. */
export const neverReadingHttp: Attack = {
  name: 'never-reading-http',
  about: 'Up to 20 connections ask for echoes of 64 KiB, one behind the other without waiting, and read nothing.',
  unit: 'connection',
  rate: 10,
  prepare,
  run: scene =>
    hold(
      scene,
      20,
      () => unread(scene),
      strike => {
        if (strike.socket.writableNeedDrain) return
        const message = echo(scene)
        strike.send(postHead(message.length) + message)
      },
    ),
}

/** The same over WebSocket (ws.unread). */
export const neverReadingSocket: Attack = {
  name: 'never-reading-ws',
  about: 'Up to 20 connections ask for echoes of 64 KiB over WebSocket, and read nothing.',
  unit: 'connection',
  rate: 10,
  prepare,
  run: scene =>
    hold(
      scene,
      20,
      async () => {
        const strike = new Strike(scene)
        await strike.upgrade()
        strike.socket.pause()
        return strike
      },
      strike => {
        if (!strike.socket.writableNeedDrain) strike.text(echo(scene))
      },
    ),
}

let opened = 0

/** Streams that are opened and never given credit. */
export const streamsWithoutCredit: Attack = {
  name: 'streams-without-credit',
  about: 'Up to 20 connections open streams of a thousand chunks, again and again, and never give credit.',
  unit: 'connection',
  rate: 10,
  prepare,
  run: scene =>
    hold(
      scene,
      20,
      async () => {
        const strike = new Strike(scene)
        await strike.upgrade()
        return strike
      },
      strike => {
        const stream = { id: `s${opened++}`, seq: 0, end: true }
        strike.text(echo(scene, { stream, metadata: { chunk_size: '64' } }))
      },
    ),
}
