import { isTrial, subjectsOf, type BenchCase, type Repeated, type Trial } from './bench-case.js'
import { measureHeap } from './heap.js'
import { systemStopwatch } from './meter.js'
import { runRounds } from './rounds.js'
import type { Round } from './statistics.js'

// What a process of the bench does with its case; each kind of measurement has a process of its own.

const DEFAULT_ROUND_MS = 50
const DEFAULT_WARM_UPS = 2

/** What a process is asked for. */
export type Errand =
  | { readonly kind: 'kinds' }
  | { readonly kind: 'rounds'; readonly rounds: number }
  | { readonly kind: 'heap' }
  | { readonly kind: 'trial'; readonly subject: string }

/** What it answers: names of those that are compared and whether they are trials, or their figures. */
export type Answer = readonly Round[] | { readonly trials: boolean; readonly subjects: readonly string[] }

/** Runs an errand of a case, in this process. */
export const runErrand = async (benchCase: BenchCase, errand: Errand): Promise<Answer> => {
  const contest = await benchCase.setUp()
  const subjects = subjectsOf(contest)
  try {
    switch (errand.kind) {
      case 'kinds':
        return { trials: Object.values(subjects).every(isTrial), subjects: Object.keys(subjects) }
      case 'trial':
        return [{ [errand.subject]: await (subjects[errand.subject] as Trial).trial() }]
      case 'heap':
        return [await heapOf(subjects as Record<string, Repeated>)]
      case 'rounds':
        return await runRounds({
          subjects: subjects as Record<string, Repeated>,
          rounds: errand.rounds,
          warmUps: benchCase.warmUps ?? DEFAULT_WARM_UPS,
          roundMs: benchCase.roundMs ?? DEFAULT_ROUND_MS,
          stopwatch: systemStopwatch,
          random: Math.random,
        })
    }
  } finally {
    await contest.tearDown?.()
  }
}

/** Bytes and allocations, of those whose work this process does itself. */
const heapOf = async (subjects: Readonly<Record<string, Repeated>>): Promise<Round> => {
  const figures: Record<string, Round[string]> = {}
  for (const [name, subject] of Object.entries(subjects))
    if (subject.elsewhere === undefined) figures[name] = await measureHeap(subject)
  return figures
}
