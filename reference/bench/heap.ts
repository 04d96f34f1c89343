import { Session } from 'node:inspector'
import { setFlagsFromString, getHeapStatistics } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Figures, Repeated } from './bench-case.js'
import { systemStopwatch } from './meter.js'
import { calibrate, perform } from './rounds.js'
import { spreadOf } from './statistics.js'

/** Flags for a process in which bytes are counted: a young generation so large that no collection falls into a block. */
export const heapFlags: readonly string[] = ['--min-semi-space-size=64', '--max-semi-space-size=64']

const BLOCKS = 9
const WARM_UP_MS = 400
const SAMPLED_CALLS = 32
const SAMPLED_TIMES = 5
/** Bytes of garbage that a block of calls may make: well within the young generation. */
const BLOCK_BYTES = 4 * 2 ** 20
const MAX_BLOCK_CALLS = 5_000
const FIRST_CALLS = 200

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (options: { readonly type: 'minor' }) => void

interface Used {
  readonly bytes: number
  readonly external: number
}

const used = (): Used => {
  const { used_heap_size: bytes, external_memory: external } = getHeapStatistics()
  return { bytes, external }
}

/** What `calls` calls leave behind, garbage included, before anything is collected. */
const grownBy = async (subject: Repeated, calls: number): Promise<Used> => {
  await subject.prepare?.(calls)
  // Twice: what the first frees is taken off the books while the heap goes on, at the latest when the second begins.
  collect({ type: 'minor' })
  collect({ type: 'minor' })
  const before = used()
  await perform(subject, calls, systemStopwatch)
  const after = used()
  return { bytes: after.bytes - before.bytes, external: after.external - before.external }
}

const median = (all: readonly Used[], of: keyof Used): number => spreadOf(all.map(each => each[of])).median

const grownInBlocks = async (subject: Repeated, calls: number): Promise<Used> => {
  const blocks: Used[] = []
  for (let block = 0; block < BLOCKS; block++) blocks.push(await grownBy(subject, calls))
  return { bytes: median(blocks, 'bytes'), external: median(blocks, 'external') }
}

/** By the processor's time, so that compilers have had theirs on a busy machine too. */
const warmUp = (subject: Repeated): Promise<number> =>
  calibrate(subject, WARM_UP_MS, { ...systemStopwatch, wall: () => systemStopwatch.cpu() / 1000 })

/** Allocations while something is done, by the sampling profiler of the heap: one of so many bytes on average. */
const sample = async (samplingInterval: number, work: () => Promise<unknown>): Promise<number> => {
  const session = new Session()
  session.connect()
  const post = <Result>(method: string, params: object = {}): Promise<Result> =>
    new Promise((resolve, reject) =>
      session.post(method, params, (error: Error | null, result?: unknown) =>
        error === null ? resolve(result as Result) : reject(error),
      ),
    )
  const all = { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true }
  try {
    await post('HeapProfiler.startSampling', { samplingInterval, ...all })
    await work()
    // Node's types leave `samples` out.
    const { profile } = await post<{ profile: { samples: readonly unknown[] } }>('HeapProfiler.stopSampling')
    return profile.samples.length
  } finally {
    session.disconnect()
  }
}

/** Objects that a call allocates. The profiler makes V8 forget what it has compiled, and so there is a warm-up under it. */
const countAllocations = async (subject: Repeated): Promise<number> => {
  const count = async (calls: number): Promise<number> => {
    await subject.prepare?.(calls)
    return sample(1, () => perform(subject, calls, systemStopwatch))
  }
  await sample(2 ** 30, () => warmUp(subject))
  const counts: number[] = []
  for (let time = 0; time < SAMPLED_TIMES; time++) counts.push((await count(SAMPLED_CALLS)) - (await count(0)))
  return Math.max(0, spreadOf(counts).median) / SAMPLED_CALLS
}

/**
 * Bytes of the heap, bytes outside of it, and objects that a unit allocates in the steady state. What a block of no calls
 * costs is taken off. For a process that was started with {@link heapFlags}.
 */
export const measureHeap = async (subject: Repeated): Promise<Figures> => {
  await warmUp(subject)
  const empty = await grownInBlocks(subject, 0)
  const first = (await grownBy(subject, FIRST_CALLS)).bytes / FIRST_CALLS
  const calls = Math.max(FIRST_CALLS, Math.min(MAX_BLOCK_CALLS, Math.round(BLOCK_BYTES / Math.max(1, first))))
  const grown = await grownInBlocks(subject, calls)
  const { units = 1 } = subject
  return {
    bytes: Math.max(0, grown.bytes - empty.bytes) / calls / units,
    external: Math.max(0, grown.external - empty.external) / calls / units,
    // To a tenth: the profiler sees one of its own now and then.
    allocations: Math.round((10 * (await countAllocations(subject))) / units) / 10,
  }
}
