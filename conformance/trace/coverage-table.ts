import { accountOf, type Account, type TraceInput } from './trace.js'

const columns = ['checks', 'vectors', 'unobservable', 'unjudged', 'nobody'] as const satisfies readonly Account[]

const row = (name: string, counts: readonly (number | string)[]): string =>
  name.padEnd(14) + counts.map(count => String(count).padStart(14)).join('')

/** How the requirements of each chapter are accounted for, one line a chapter and one for all of them. */
export function coverageTable(input: TraceInput): string[] {
  const account = accountOf(input)
  const line = (name: string, requirements: TraceInput['requirements']) => {
    const accounts = requirements.map(({ id }) => account(id))
    const musts = requirements.filter(({ level }) => level.startsWith('MUST')).length
    return row(name, [
      requirements.length,
      musts,
      ...columns.map(column => accounts.filter(of => of === column).length),
    ])
  }
  const chapters = [...new Set(input.requirements.map(({ chapter }) => chapter))]
  return [
    row('chapter', ['sentences', 'of them MUST', ...columns]),
    ...chapters.map(name =>
      line(
        name,
        input.requirements.filter(({ chapter }) => chapter === name),
      ),
    ),
    line('all', input.requirements),
  ]
}
