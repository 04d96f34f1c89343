import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { BenchCase } from './bench-case.js'
import { heapFlags } from './heap.js'
import type { CaseReport } from './report.js'
import type { Answer, Errand } from './run-case.js'
import { isMet, ratioSpread, shuffled, spreadOf, type Round } from './statistics.js'

const PROCESS = fileURLToPath(new URL('./bench-process.js', import.meta.url))

/** Runs an errand of a case in a process of its own, which ends with it. @throws Error when it fails */
const ask = async (name: string, errand: Errand, flags: readonly string[] = []): Promise<Answer> => {
  const child = fork(PROCESS, [name, JSON.stringify(errand)], { execArgv: [...flags], serialization: 'advanced' })
  let answer: Answer | undefined
  child.on('message', (message: Answer) => (answer = message))
  const [code] = (await once(child, 'exit')) as [number | null]
  if (answer === undefined || code !== 0) throw new Error(`the process of ${name} ended with ${code}`)
  return answer
}

/** Runs the subjects of a case in processes of their own, one after the other, in an order of chance in each round. */
const runTrials = async (
  { name, nodeFlags }: BenchCase,
  subjects: readonly string[],
  rounds: number,
  random: () => number,
): Promise<readonly Round[]> => {
  const done: Round[] = []
  for (let round = 0; round < rounds; round++) {
    let figures: Round = {}
    for (const subject of shuffled(subjects, random)) {
      const [own] = (await ask(name, { kind: 'trial', subject }, nodeFlags)) as readonly Round[]
      figures = { ...figures, ...own }
    }
    done.push(figures)
  }
  return done
}

const HEAP_FIGURES: ReadonlySet<string> = new Set(['bytes', 'external', 'allocations'])

const runRepeated = async ({ name, rows, nodeFlags = [] }: BenchCase, rounds: number): Promise<readonly Round[]> => {
  const timed = (await ask(name, { kind: 'rounds', rounds }, nodeFlags)) as readonly Round[]
  if (!rows.some(({ figure }) => HEAP_FIGURES.has(figure))) return timed
  const [heap] = (await ask(name, { kind: 'heap' }, [...heapFlags, ...nodeFlags])) as readonly Round[]
  return timed.map(round =>
    Object.fromEntries(Object.entries(round).map(([subject, figures]) => [subject, { ...figures, ...heap![subject] }])),
  )
}

const spreads = (rounds: readonly Round[]): CaseReport['figures'] =>
  Object.fromEntries(
    Object.keys(rounds[0]!).map(subject => [
      subject,
      Object.fromEntries(
        Object.keys(rounds[0]![subject]!).map(figure => [
          figure,
          spreadOf(rounds.map(round => round[subject]![figure]!)),
        ]),
      ),
    ]),
  )

/** What a case comes to. @param rounds of each that is compared, one at least */
export const reportOf = ({ name, unit, about, rows }: BenchCase, rounds: readonly Round[]): CaseReport => ({
  name,
  unit,
  about,
  rounds: rounds.length,
  figures: spreads(rounds),
  rows: rows.map(row => {
    const ratio = ratioSpread(row, rounds)
    return { ...row, ratio, met: isMet(row, ratio.median) }
  }),
})

/** Runs a case: subject and baselines side by side, in processes that have nothing else to do. */
export const runCase = async (
  benchCase: BenchCase,
  rounds: number,
  random: () => number = Math.random,
): Promise<CaseReport> => {
  const count = Math.min(rounds, benchCase.maxRounds ?? rounds)
  const kinds = (await ask(benchCase.name, { kind: 'kinds' }, benchCase.nodeFlags)) as Exclude<Answer, readonly Round[]>
  const done = kinds.trials
    ? await runTrials(benchCase, kinds.subjects, count, random)
    : await runRepeated(benchCase, count)
  return reportOf(benchCase, done)
}
