import { transports, type Transport } from '../../schemas/index.js'
import type { Selectable } from '../runner/plan.js'

/** What a check of the reference came to over a transport. */
export interface Outcome {
  readonly state: string
  /** Why it did not pass. */
  readonly why?: string
}

/** A profile of the reference, and what each check came to over each transport over which it is made. */
export interface Profile {
  readonly name: string
  readonly outcomes: ReadonlyMap<string, Readonly<Partial<Record<Transport, Outcome>>>>
  /** Does the page count as many as there are? Else it was made by other checks. */
  readonly addsUp: boolean
}

const cellsOf = (row: string): string[] =>
  row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map(cell => cell.trim().replaceAll('\\|', '|'))

const exceptionsIn = (section: string): Map<string, Outcome> =>
  new Map(
    [...section.matchAll(/^\| `.*$/gm)].flatMap(([row]) => {
      const [check = '', over = '', state = '', why = ''] = cellsOf(row)
      return over.split(', ').map(transport => [`${check.replaceAll('`', '')} ${transport}`, { state, why }] as const)
    }),
  )

/** Reads `conformance/compatibility.md`, which lists what did not pass: every other check did. */
export const readCompatibility = (page: string, checks: readonly Selectable[]): Profile[] =>
  page
    .split(/^## /m)
    .slice(1)
    .map(section => {
      const name = section.slice(0, section.indexOf(':'))
      const exceptions = exceptionsIn(section)
      const outcomes = new Map(
        checks.map(({ id, over }) => [
          id,
          Object.fromEntries(
            over.map(transport => [transport, exceptions.get(`${id} ${transport}`) ?? { state: 'pass' }]),
          ) as Partial<Record<Transport, Outcome>>,
        ]),
      )
      const all = [...outcomes.values()].flatMap(each => transports.flatMap(transport => each[transport] ?? []))
      const passed = all.filter(({ state }) => state === 'pass').length
      return { name, outcomes, addsUp: section.includes(`${passed} of ${all.length} results pass`) }
    })
