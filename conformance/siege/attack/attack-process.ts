import { setMaxListeners } from 'node:events'
import { setPriority } from 'node:os'
import { Dice } from '../dice.js'
import { findTarget } from '../initiator.js'
import { Tally, type Scene } from './attack.js'
import { attacks } from './attacks/index.js'
import { paceOf } from './pace.js'
import type { Onslaught } from './attacker.js'

// An attacker as a process of its own: `attack-process.js NAME KIND URL SEED SECONDS`. It attacks from `begin` to `end`.

const LOWEST_PRIORITY = 19

const [name = '', kind, address = '', seed, seconds] = process.argv.slice(2)
const attack = attacks.find(each => each.name === name)
if (attack === undefined) throw new Error(`no attack is called ${name}`)
setPriority(LOWEST_PRIORITY)

const url = new URL(address)
const tally = new Tally()
const dice = new Dice(Number(seed))
const target = kind === 'bare' ? undefined : await findTarget(address)
const sceneUntil = (signal: AbortSignal): Scene => ({
  host: url.hostname,
  port: Number(url.port),
  target,
  dice,
  signal,
  pace: paceOf(attack.rate, signal),
  tally,
})

let ending = new AbortController()
let going: Promise<void> | undefined
const said = (): Onslaught => {
  const { units, outcomes, unexpected, unexpectedCount } = tally
  return { units, outcomes, unexpected, unexpectedCount }
}

process.on('message', errand => {
  if (errand === 'begin') {
    ending = new AbortController()
    // Each of its connections listens for the end.
    setMaxListeners(0, ending.signal)
    going = attack.run(sceneUntil(ending.signal))
    process.send?.('begun')
    return
  }
  ending.abort()
  void going?.then(() => process.send?.(said()))
})
process.on('disconnect', () => process.exit())

await attack.prepare?.(sceneUntil(ending.signal), Number(seconds))
process.send?.('ready')
