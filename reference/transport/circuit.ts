import { isSageError, type SageErrorCode } from '../bytes/sage-error.js'
import { backOffMs, type BackOffTimes } from './back-off.js'

/** How a way is: `due` is one that was down for long enough to be tried again, `probing` one that is being tried. */
export type CircuitState = 'up' | 'down' | 'due' | 'probing'

/** What a circuit is made of. */
export interface CircuitOptions {
  readonly times: BackOffTimes
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number
  /** From 0 to 1, another each time. */
  readonly random: () => number
}

/** What shows that a probe has failed. */
const FAILURES: ReadonlySet<SageErrorCode> = new Set(['unreachable', 'connection_lost', 'timeout'])

/**
 * What is known of a way to a responder by those who went it. It is down when no connection could be made, or when two in
 * a row were lost, and then for a while nobody goes it; after that one probe decides. What began before something went
 * wrong says nothing any more: a hundred requests that are lost with their connection are one loss.
 */
export class Circuit {
  private losses = 0
  private failures = 0
  private downUntil: number | undefined
  private probing: Promise<void> | undefined
  private incidents = 0

  constructor(private readonly options: CircuitOptions) {}

  get state(): CircuitState {
    if (this.downUntil === undefined) return 'up'
    if (this.probing !== undefined) return 'probing'
    return this.isDue ? 'due' : 'down'
  }

  /** Gives what `work` gives: an answer, which shows that the way is up. @throws what `work` throws */
  async watch<Value>(work: () => Promise<Value>): Promise<Value> {
    const { incidents } = this
    const value = await this.blame(work)
    if (incidents === this.incidents) this.rise()
    return value
  }

  /** Gives what `work` gives, which shows nothing; a failure does. @throws what `work` throws */
  async blame<Value>(work: () => Promise<Value>): Promise<Value> {
    const { incidents } = this
    try {
      return await work()
    } catch (error) {
      if (incidents === this.incidents) this.note(error)
      throw error
    }
  }

  /**
   * Tries the way, where that is due, or waits for who does. `work` fails where it is still down; it shows nothing when it
   * fails for another reason than a connection. Does not reject.
   */
  probe(work: () => Promise<unknown>): Promise<void> {
    if (this.state === 'due') this.probing = this.decide(work)
    return this.probing ?? Promise.resolve()
  }

  private async decide(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
      this.rise()
    } catch (error) {
      const isFailure = isSageError(error) && FAILURES.has(error.code)
      // Who watched the work may have noted it already.
      if (isFailure && this.isDue) this.fall()
    } finally {
      this.probing = undefined
    }
  }

  private get isDue(): boolean {
    return this.downUntil !== undefined && this.options.monotonic() >= this.downUntil
  }

  private note(error: unknown): void {
    if (isSageError(error, 'unreachable')) return this.fall()
    if (!isSageError(error, 'connection_lost')) return
    if (++this.losses > 1) this.fall()
    else this.incidents++
  }

  private rise(): void {
    this.losses = this.failures = 0
    this.downUntil = undefined
  }

  private fall(): void {
    const { times, monotonic, random } = this.options
    this.incidents++
    this.losses = 0
    this.downUntil = monotonic() + backOffMs(++this.failures, times, random())
  }
}
