import { setTimeout as delay } from 'node:timers/promises'

const GATHER_MS = 400
const APART_MS = 10

/**
 * Lets requests that arrive at once be answered one after the other: the first when as many as are awaited have arrived, or
 * will not come, and each a little after the one before it.
 */
export class Turns {
  readonly #gathered: Promise<void>
  #allAreHere: () => void = () => undefined
  #before: Promise<unknown>

  constructor(readonly awaited: number) {
    this.#gathered = new Promise(resolve => (this.#allAreHere = resolve))
    this.#before = this.#gathered
  }

  /** Does `work` when it is its turn. `index` counts the requests from 0. */
  async take<Value>(index: number, work: () => Value): Promise<Value> {
    if (index + 1 >= this.awaited) this.#allAreHere()
    else if (index === 0) setTimeout(() => this.#allAreHere(), GATHER_MS)
    const before = this.#before
    const turn = before.then(work)
    this.#before = turn.then(
      () => delay(APART_MS),
      () => undefined,
    )
    return turn
  }
}
