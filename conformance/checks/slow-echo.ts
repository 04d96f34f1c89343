import { MAX_ECHO_DELAY_MS } from '../../schemas/index.js'
import { Interruption, type Broken } from '../runner/judgement.js'
import type { Kit } from '../runner/kit.js'

/** An echo that takes so long that it is under way while something else is done. */
export interface SlowEcho {
  /** What makes it slow. */
  readonly metadata: { readonly 'delay-ms': string }
  /** Would it have to take longer than an answer is waited for? */
  readonly cut: boolean
  /** It is about to be sent. @returns is it under way still, whatever the target does? */
  readonly begin: () => () => boolean
}

/** Milliseconds that it takes at least, each longer where what happened beside the one before was not as it should be. */
const LEAST_MS = [200, 1000, 4000]

/** Why nothing is known: what was done beside an echo may have come when that had ended. */
export const tooLate = (): Interruption =>
  new Interruption('inconclusive', 'too-slow', 'what was done beside a slow echo took as long as the echo')

const millisecondsOf = (kit: Kit): number => Number(kit.clock.now() / 1_000_000n)

const slowEcho = (kit: Kit, wanted: number, least: number): SlowEcho => {
  const most = Math.min(MAX_ECHO_DELAY_MS, kit.conversation.around.timeoutMs / 2)
  const delay = Math.floor(Math.min(Math.max(wanted, least), most))
  return {
    metadata: { 'delay-ms': String(delay) },
    cut: wanted > most,
    begin: () => {
      const began = millisecondsOf(kit)
      return () => millisecondsOf(kit) - began < delay
    },
  }
}

/**
 * Judges what ought to happen while a slow echo is under way: one that takes `times` as long as `work` does with this
 * target. What is wrong counts only where the echo took much longer still: a network, or this machine, may have been held
 * up. Each try makes the sessions that it needs; they are closed before the next begins.
 */
export const judgeBesideSlowEcho = async (
  kit: Kit,
  work: () => Promise<unknown>,
  times: number,
  judge: (slow: SlowEcho) => Promise<Broken | undefined>,
): Promise<Broken | undefined> => {
  const { step } = kit.conversation
  const before = millisecondsOf(kit)
  await work()
  const wanted = times * (millisecondsOf(kit) - before)
  const finish = async (): Promise<void> => {
    await kit.finish()
    kit.conversation.step = step
  }
  for (const least of LEAST_MS.slice(0, -1)) {
    await finish()
    try {
      const found = await judge(slowEcho(kit, wanted, least))
      if (!found || found.silence) return found
    } catch (cause) {
      const isLast = !(cause instanceof Interruption) || cause.state === 'not-observed' || cause.reasonCode === 'busy'
      if (isLast) throw cause
    }
  }
  await finish()
  return judge(slowEcho(kit, wanted, LEAST_MS.at(-1)!))
}
