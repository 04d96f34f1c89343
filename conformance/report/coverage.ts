import type { Report } from '../../schemas/index.js'
import type { CheckResult } from '../runner/result.js'
import { judgingOf, loadJudges, type Judges } from '../trace/judges.js'
import { loadRequirementSet } from '../trace/requirement-set.js'

type Coverage = Report['coverage']
type Judge = Exclude<keyof Coverage, 'requirements'>

interface Suite {
  readonly ids: readonly string[]
  readonly judges: Judges
}

let loaded: Suite | undefined

/** What the suite judges by, read once: a report needs it, and it does not change while the program runs. */
const loadSuite = (): Suite =>
  (loaded ??= { ids: loadRequirementSet().requirements.map(({ id }) => id), judges: loadJudges() })

/** States in which a check has judged. */
const judging = ['pass', 'warn', 'fail']

/**
 * By whom each requirement is judged, each counted once: by this run where a check of it came to a verdict, else by the
 * first of `run`, `vectors run` and `run-client` that can.
 */
export const coverageOf = (
  results: readonly Pick<CheckResult, 'requirement' | 'also' | 'state'>[],
  { ids, judges } = loadSuite(),
): Coverage => {
  const here = new Set<string>(
    results.filter(({ state }) => judging.includes(state)).flatMap(({ requirement, also }) => [requirement, ...also]),
  )
  const judgeOf = (id: string): Judge => {
    if (here.has(id)) return 'judged'
    const { checks, vectors, reason } = judgingOf(id, judges)
    if (checks.some(({ by }) => by === 'run')) return 'run'
    if (vectors.length > 0) return 'vectors'
    if (checks.length > 0) return 'runClient'
    return reason === undefined ? 'unjudged' : 'unobservable'
  }
  const counts = { judged: 0, run: 0, vectors: 0, runClient: 0, unobservable: 0, unjudged: 0 }
  for (const id of ids) counts[judgeOf(id)] += 1
  return { requirements: ids.length, ...counts }
}

/** A coverage in one line, for people. */
export const describeCoverage = ({ requirements, judged, ...others }: Coverage): string => {
  const places: [count: number, what: string][] = [
    [others.run, 'not in this run'],
    [others.vectors, 'by `vectors run`'],
    [others.runClient, 'by `run-client`'],
    [others.unobservable, 'that nobody outside can observe'],
    [others.unjudged, 'that nothing judges yet'],
  ]
  const rest = places.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
  return [`${judged} of ${requirements} requirements judged by this run`, ...rest].join(', ')
}
