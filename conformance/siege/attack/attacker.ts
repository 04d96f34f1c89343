import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { TargetKind } from '../target/target.js'
import type { Tally } from './attack.js'

const PROCESS = fileURLToPath(new URL('./attack-process.js', import.meta.url))

/** What came of an attack so far. */
export type Onslaught = Pick<Tally, 'units' | 'outcomes' | 'unexpected' | 'unexpectedCount'>

/** An attacker, in a process of its own and of the lowest priority. */
export interface Attacker {
  begin(): Promise<void>
  /** Ends the attack, which may begin again. @returns what came of it from the first beginning on */
  end(): Promise<Onslaught>
  /** Ends the process, and whatever it has open. */
  stop(): Promise<void>
}

/** Whom an attacker attacks, how, and for how long in all. */
export interface Orders {
  readonly name: string
  readonly kind: TargetKind
  readonly url: string
  readonly seed: number
  readonly seconds: number
}

/** Starts an attacker, and waits until it has made everything that it needs. */
export const startAttacker = async ({ name, kind, url, seed, seconds }: Orders): Promise<Attacker> => {
  const child = fork(PROCESS, [name, kind, url, String(seed), String(seconds)], { execArgv: [] })
  const gone = once(child, 'exit')
  const hear = async (): Promise<unknown> =>
    Promise.race([
      once(child, 'message').then(([message]) => message as unknown),
      gone.then(([code]) => Promise.reject(new Error(`the attacker ${name} ended with ${code}`))),
    ])
  const ask = async (errand: 'begin' | 'end'): Promise<unknown> => {
    const heard = hear()
    child.send(errand)
    return heard
  }
  await hear()
  return {
    begin: async () => void (await ask('begin')),
    end: async () => (await ask('end')) as Onslaught,
    stop: async () => {
      if (child.connected) child.disconnect()
      await gone
    },
  }
}
