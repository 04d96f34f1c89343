import { ECHO_TASK } from '../../schemas/index.js'
import type { ProbeSession } from '../probe/initiator/session-draft.js'
import { broken, Interruption, type Broken } from '../runner/judgement.js'
import { interruptedBy, type Kit } from '../runner/kit.js'
import { seconds, shown, sumOf } from './metrics-shown.js'
import { judgeBesideSlowEcho, type SlowEcho } from './slow-echo.js'

const EMPTY = new Uint8Array(0)
/** Seconds by which clocks and timers may be off. */
const GRAIN_SECONDS = 0.05
/** Seconds by which a clock that stands still is told to go on. */
const STEP_SECONDS = 2
/** Pings that are answered before something that was sent earlier counts as arrived. */
const PINGS = 5

/** Requests of which one takes a while, and the seconds that it takes at least and at most. */
interface Asked {
  readonly requests: number
  readonly least: number
  readonly most: number
}

/** Asks for a slow echo. A clock that stands still goes on while that is under way. */
const askSlowly = async (kit: Kit, session: ProbeSession, { metadata }: SlowEcho): Promise<Asked> => {
  const pings = kit.clock.exact ? PINGS : 0
  const before = kit.clock.now()
  const asked = kit.ask(session, { task_id: ECHO_TASK, plaintext: EMPTY, metadata })
  for (let count = 0; count < pings; count++) await kit.ping(session)
  if (kit.clock.exact) await kit.elapse(STEP_SECONDS)
  const answer = await asked
  if (answer.kind !== 'success') throw interruptedBy(answer, 'a slow echo')
  const most = Number(kit.clock.now() - before) / 1e9
  return { requests: pings + 1, most, least: kit.clock.exact ? most : Number(metadata['delay-ms']) / 1000 }
}

const judgeSum = async (kit: Kit, slow: SlowEcho): Promise<Broken | undefined> => {
  const session = await kit.session()
  const before = await shown(kit)
  const { requests, least, most } = await askSlowly(kit, session, slow)
  const after = await shown(kit)
  const movedBy = (name: string): number => (after[name] ?? 0) - (before[name] ?? 0)
  if (movedBy(seconds(kit)) > requests)
    throw new Interruption('inconclusive', 'others', 'others seem to be at work, and are counted too')
  const sum = movedBy(sumOf(seconds(kit)))
  if (sum >= least - GRAIN_SECONDS && sum <= most + GRAIN_SECONDS) return undefined
  const due = least === most ? `${least}` : `${least} to ${most.toFixed(3)}`
  return broken('seconds', `a slow echo: the sum of ${seconds(kit)} moves by ${due}`, `it moved by ${sum}`)
}

/** Are the seconds of requests seconds, and those that pass until the answer? Told by one that is made to be slow. */
export const judgeSeconds = (kit: Kit): Promise<Broken | undefined> =>
  judgeBesideSlowEcho(
    kit,
    () => shown(kit),
    2,
    slow => judgeSum(kit, slow),
  )
