import type { Figures, Repeated } from './bench-case.js'
import { Meter, type Stopwatch } from './meter.js'
import { shuffled, spreadOf, type Round } from './statistics.js'

/** Where the result of the last call goes, so that no compiler may leave the call out. */
const sink: { last: unknown } = { last: undefined }

const repeat = (operation: () => unknown, calls: number): undefined => {
  for (let call = 0; call < calls; call++) sink.last = operation()
}

/** Keeps `concurrency` calls under way, and gives the milliseconds that each took. */
const overlap = async (
  { operation, concurrency = 1 }: Repeated,
  calls: number,
  { wall }: Stopwatch,
): Promise<Float64Array> => {
  const took = new Float64Array(calls)
  let next = 0
  const work = async (): Promise<void> => {
    while (next < calls) {
      const call = next++
      const started = wall()
      sink.last = await operation()
      took[call] = wall() - started
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, calls) }, work))
  return took.sort()
}

const latencies = (took: Float64Array): Figures => ({
  p50: spreadOf([...took]).median * 1000,
  p99: took[Math.min(took.length - 1, Math.floor(took.length * 0.99))]! * 1000,
})

/** Makes the calls, and gives the milliseconds that each took where several are under way at once. */
export const perform = async (
  subject: Repeated,
  calls: number,
  stopwatch: Stopwatch,
): Promise<Float64Array | undefined> =>
  subject.concurrency === undefined ? repeat(subject.operation, calls) : overlap(subject, calls, stopwatch)

/** One round of one subject: so many calls, and what a unit of them cost. */
export const runRound = async (
  subject: Repeated,
  calls: number,
  stopwatch: Stopwatch,
  meter = new Meter(stopwatch),
): Promise<Figures> => {
  await subject.prepare?.(calls)
  await subject.elsewhere?.begin()
  meter.begin()
  const started = stopwatch.wall()
  const took = await perform(subject, calls, stopwatch)
  const wall = (stopwatch.wall() - started) * 1000
  const own = await meter.end()
  const used = { ...own, ...(await subject.elsewhere?.end()) }
  const units = calls * (subject.units ?? 1)
  return {
    time: wall / units,
    cpu: used['cpu']! / units,
    gc: used['gc']! / units,
    ...(took && { ...latencies(took), delay: used['delay']! }),
  }
}

/** Calls that take about `roundMs` milliseconds, found by doubling. */
export const calibrate = async (subject: Repeated, roundMs: number, stopwatch: Stopwatch): Promise<number> => {
  for (let calls = subject.concurrency ?? 1; ; calls *= 2) {
    await subject.prepare?.(calls)
    const started = stopwatch.wall()
    await perform(subject, calls, stopwatch)
    const ms = stopwatch.wall() - started
    if (ms >= roundMs / 2) return Math.max(subject.concurrency ?? 1, Math.round((calls * roundMs) / ms))
  }
}

/** How a case is run. */
export interface RoundsInput {
  readonly subjects: Readonly<Record<string, Repeated>>
  readonly rounds: number
  /** Rounds before them, which are not counted. */
  readonly warmUps: number
  readonly roundMs: number
  readonly stopwatch: Stopwatch
  /** From 0 up to and without 1. */
  readonly random: () => number
}

/** Interleaved rounds: each round has every subject once, in an order of chance. */
export const runRounds = async ({
  subjects,
  rounds,
  warmUps,
  roundMs,
  stopwatch,
  random,
}: RoundsInput): Promise<readonly Round[]> => {
  const calls = new Map<string, number>()
  const calibrateAll = async (): Promise<void> => {
    for (const [name, subject] of Object.entries(subjects))
      calls.set(name, await calibrate(subject, roundMs, stopwatch))
  }
  const runOne = async (): Promise<Round> => {
    const figures: Record<string, Figures> = {}
    for (const [name, subject] of shuffled(Object.entries(subjects), random))
      figures[name] = await runRound(subject, calls.get(name)!, stopwatch)
    return Object.fromEntries(Object.keys(subjects).map(name => [name, figures[name]!]))
  }
  await calibrateAll()
  for (let warmUp = 0; warmUp < warmUps; warmUp++) await runOne()
  // What has been compiled meanwhile does more in the same time.
  await calibrateAll()
  const done: Round[] = []
  while (done.length < rounds) done.push(await runOne())
  return done
}
