import { isInDoubt, startAgain } from './second-start.js'
import { Trial, type Bench, type Conditions } from './trial.js'
import type { Run } from './check.js'

interface Series {
  readonly trial: Promise<Trial>
  readonly runs: Promise<Run>[]
}

const nameOf = ({ circumstances }: Conditions): string => `honest\n${JSON.stringify(circumstances)}`

const steps = ['twin', 'again'] as const

/**
 * The runs of an initiator against the honest responder. Each is made once for all checks under the same conditions, or twice
 * where it is in doubt: an initiator is started anew for every run, so that what comes before tells it nothing.
 */
export class HonestRuns {
  readonly #series = new Map<string, Series>()

  constructor(readonly bench: Bench) {}

  /**
   * The first run under these conditions, or the second.
   * @throws NotStartable
   */
  get(step: (typeof steps)[number], conditions: Conditions): Promise<Run> {
    const { trial, runs } = this.#seriesOf(conditions)
    for (const name of steps.slice(runs.length, steps.indexOf(step) + 1))
      runs.push(Promise.all([trial, runs.at(-1)]).then(([ready]) => this.#run(ready, name)))
    return runs[steps.indexOf(step)]!
  }

  async #run(trial: Trial, step: string): Promise<Run> {
    const { conditions, bench } = trial
    const run = await trial.run(step)
    const name = nameOf(conditions)
    return isInDoubt(run) ? startAgain(run, { name, step }, conditions, bench) : run
  }

  #seriesOf(conditions: Conditions): Series {
    const { circumstances, transport } = conditions
    const key = `${JSON.stringify(circumstances)}\n${transport}`
    const known = this.#series.get(key)
    if (known) return known
    const begun = { trial: Trial.begin(nameOf(conditions), conditions, this.bench), runs: [] }
    this.#series.set(key, begun)
    return begun
  }

  /** Ends all responders, when nothing is under way any more. */
  async close(): Promise<void> {
    await Promise.all([...this.#series.values()].map(async ({ trial }) => (await trial).close()))
  }
}
