import { setMaxListeners } from 'node:events'
import type { Target } from '../../probe/initiator/target.js'
import type { Dice } from '../dice.js'
import type { Attack, Scene, Tally } from './attack.js'
import { paceOf } from './pace.js'

/** Whom an attack is made on, and what is kept over its rounds. */
export interface Stage {
  readonly url: URL
  readonly target: Target | undefined
  readonly dice: Dice
  readonly tally: Tally
}

/** What an attack finds when it begins, until a signal is raised. */
export const sceneOf = ({ url, target, dice, tally }: Stage, { rate }: Attack, signal: AbortSignal): Scene => {
  // Each of its connections listens for the end.
  setMaxListeners(0, signal)
  return { host: url.hostname, port: Number(url.port), target, dice, signal, pace: paceOf(rate, signal), tally }
}
