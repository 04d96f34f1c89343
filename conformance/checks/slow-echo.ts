import { MAX_ECHO_DELAY_MS } from '../../schemas/index.js'
import { Interruption, type Broken } from '../runner/judgement.js'
import type { Kit } from '../runner/kit.js'

/** An echo that takes so long that it is under way while something else is done. */
export interface SlowEcho {
  /** What makes it slow. */
  readonly metadata: { readonly 'delay-ms': string }
  /** Would it have to take longer than an answer is waited for? */
  readonly cut: boolean
}

/** Milliseconds that it takes at least: at first, and where what happened beside it was not as it should be. */
const LEAST_MS = { atFirst: 200, again: 1000 }

/** Milliseconds that something takes. */
const timeOf = async (kit: Kit, work: () => Promise<unknown>): Promise<number> => {
  const before = kit.clock.now()
  await work()
  return Number((kit.clock.now() - before) / 1_000_000n)
}

const slowEcho = (kit: Kit, wanted: number, least: number): SlowEcho => {
  const most = Math.min(MAX_ECHO_DELAY_MS, kit.conversation.around.timeoutMs / 2)
  return { metadata: { 'delay-ms': String(Math.floor(Math.min(Math.max(wanted, least), most))) }, cut: wanted > most }
}

/**
 * Judges what ought to happen while a slow echo is under way: one that takes `times` as long as `work` does with this
 * target. What is wrong counts only where the echo took longer still: a network, or this machine, may have been held up.
 * Each makes the sessions that it needs; they are closed before the next begins.
 */
export const judgeBesideSlowEcho = async (
  kit: Kit,
  work: () => Promise<unknown>,
  times: number,
  judge: (slow: SlowEcho) => Promise<Broken | undefined>,
): Promise<Broken | undefined> => {
  const { step } = kit.conversation
  const finish = async (): Promise<void> => {
    await kit.finish()
    kit.conversation.step = step
  }
  const wanted = times * (await timeOf(kit, work))
  await finish()
  try {
    const found = await judge(slowEcho(kit, wanted, LEAST_MS.atFirst))
    if (!found || found.silence) return found
  } catch (cause) {
    if (!(cause instanceof Interruption) || cause.state === 'not-observed' || cause.reasonCode === 'busy') throw cause
  }
  await finish()
  return judge(slowEcho(kit, wanted, LEAST_MS.again))
}
