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
export type UnderWay = Set<AbortController>

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
export const withDeadline = async <Value>(
  work: (signal: AbortSignal) => Promise<Value>,
  { timeoutMs, signal }: Deadline,
  underWay?: UnderWay,
): Promise<Value> => {
  const abort = new AbortController()
  underWay?.add(abort)
  const late = (): void => abort.abort(new SageError('timeout', 'no answer in time'))
  const timer = timeoutMs === undefined ? undefined : setTimeout(late, Math.min(timeoutMs, MAX_TIMER_MS))
  const giveUp = (): void => abort.abort(new SageError('aborted', 'the caller gave up', { cause: signal?.reason }))
  if (signal?.aborted === true) giveUp()
  signal?.addEventListener('abort', giveUp, { once: true })
  const over = new Promise<never>((_resolve, reject) => {
    abort.signal.addEventListener('abort', () => reject(abort.signal.reason as SageError), { once: true })
  })
  try {
    abort.signal.throwIfAborted()
    return await Promise.race([work(abort.signal), over])
  } catch (cause) {
    throw abort.signal.aborted ? abort.signal.reason : cause
  } finally {
    clearTimeout(timer)
    underWay?.delete(abort)
    signal?.removeEventListener('abort', giveUp)
  }
}
