import { SageError } from '../bytes/sage-error.js'

/** How long one may wait. */
export interface Deadline {
  /** Milliseconds; no bound of its own where it is absent. */
  readonly timeoutMs?: number | undefined
  /** The caller's wish to give up. */
  readonly signal?: AbortSignal | undefined
}

/** What a timer of this platform can wait at most; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** What is under way, each by what ends it. */
export type UnderWay = Set<{ abort(error: SageError): void }>

/** Ends everything that is under way with an error. */
export const endAll = (underWay: UnderWay, error: SageError): void => {
  for (const abort of underWay) abort.abort(error)
  underWay.clear()
}

/**
 * Gives what `work` gives, unless the time is over or the caller gives up before; then the signal that `work` was handed
 * is raised, and nobody waits for it any longer.
 * @param underWay where it can be ended from until then
 * @throws SageError `timeout` or `aborted`, that of {@link endAll}, and whatever `work` throws before
 */
export const withDeadline = <Value>(
  work: (signal: AbortSignal) => Promise<Value>,
  { timeoutMs, signal }: Deadline,
  underWay?: UnderWay,
): Promise<Value> =>
  new Promise((resolve, reject) => {
    const controller = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const settle = (): void => {
      clearTimeout(timer)
      underWay?.delete(ending)
      signal?.removeEventListener('abort', giveUp)
    }
    const abort = (error: SageError): void => {
      settle()
      reject(error)
      controller.abort(error)
    }
    const ending = { abort }
    const giveUp = (): void => abort(new SageError('aborted', 'the caller gave up', { cause: signal?.reason }))
    if (signal?.aborted === true) return giveUp()
    signal?.addEventListener('abort', giveUp, { once: true })
    underWay?.add(ending)
    if (timeoutMs !== undefined)
      timer = setTimeout(() => abort(new SageError('timeout', 'no answer in time')), Math.min(timeoutMs, MAX_TIMER_MS))
    // What throws before it gives a promise, somebody's resolver, has to be settled too.
    const working = async (): Promise<Value> => work(controller.signal)
    working().then(
      value => {
        settle()
        resolve(value)
      },
      (error: unknown) => {
        settle()
        reject(error as Error)
      },
    )
  })
