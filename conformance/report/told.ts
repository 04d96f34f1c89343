import type { Report } from '../../schemas/index.js'
import type { Requirement } from '../trace/read-requirements.js'
import { worstOf, type CaseResult } from '../runner/result.js'
import { requirementUrl } from './published-site.js'
import { reproduction } from './reproduction.js'
import { abbreviated, lineOf, withoutLinks } from './text.js'

type Result = Report['results'][number]

const EXCHANGES = 4

/** What is exchanged around that which is judged. */
const besides = ['close', 'alive?', 'diagnosis']

/** What a case exchanged last before it was judged, one line each: what it was for, what was sent, what came of it. */
export const lastExchanges = ({ transcript }: Pick<CaseResult, 'transcript'>): string[] => {
  const told = transcript.filter(({ step }) => !besides.includes(step))
  return told.slice(-EXCHANGES).map(({ step, what, sealed, judged, response, arrived, failure }) => {
    const outcome = judged ?? (response ? `HTTP ${response.status}` : (arrived ?? failure)?.kind)
    const record = sealed ? ` (seq ${sealed.seq})` : ''
    return `${step}, ${what}${record}: ${outcome ?? 'nothing'}`
  })
}

/** Which cases of a check came to its state, where it has several. */
export const casesIn = ({
  cases,
  state,
}: Pick<Result, 'state'> & { readonly cases: readonly Pick<CaseResult, 'name' | 'state'>[] }): string | undefined => {
  const same = cases.filter(one => one.state === state || (state === 'warn' && one.state === 'fail'))
  return cases.length > 1
    ? `${same.length} of ${cases.length}: ${abbreviated(
        same.map(({ name }) => name),
        5,
      )}`
    : undefined
}

/** What a report tells of one result to people, each part one line of text that can be shown anywhere. */
export interface Told {
  readonly result: Result
  /** Such as `handshake.ts-fresh over http`. */
  readonly title: string
  /** The state, and its reason where it has one. */
  readonly verdict: string
  /** Requirement, level, and where in the specification it stands. */
  readonly requirement: string
  /** The sentence of the requirement; absent where the set has no such. */
  readonly sentence?: string
  readonly expected?: string
  readonly observed?: string
  readonly cases?: string
  readonly exchanges: readonly string[]
  readonly again: string
  /** The page of the requirement, where there is a site with one. */
  readonly page?: string
}

/** Room for a command: one that is cut off is no use. */
export const LONGEST_COMMAND = 50_000

const tell = (report: Report, result: Result, requirement: Requirement | undefined, site: string | undefined): Told => {
  const { check, transport, state, reasonCode, expected, observed, level } = result
  const place = requirement ? `, spec/${requirement.chapter}.md:${requirement.line}` : ''
  const cases = casesIn(result)
  const worst = worstOf(result.cases)
  return {
    result,
    title: lineOf(`${check} over ${transport}`),
    verdict: lineOf(reasonCode === '' ? state : `${state} (${reasonCode})`),
    requirement: lineOf(`${result.requirement} (${level}${place})`),
    ...(requirement && { sentence: lineOf(withoutLinks(requirement.text)) }),
    ...(expected !== undefined && { expected: lineOf(expected) }),
    ...(observed !== undefined && { observed: lineOf(observed) }),
    ...(cases !== undefined && { cases: lineOf(cases) }),
    exchanges: worst && state !== 'pass' ? lastExchanges(worst).map(each => lineOf(each)) : [],
    again: lineOf(reproduction(report, result), LONGEST_COMMAND),
    ...(requirement && site !== undefined && { page: requirementUrl(site, requirement.id) }),
  }
}

/** What `report` tells of its results, in their order; `site` is the base of a site with a page for each requirement. */
export const tellResults = (report: Report, requirements: readonly Requirement[], site?: string): Told[] => {
  const byId = new Map<string, Requirement>(requirements.map(each => [each.id, each]))
  return report.results.map(result => tell(report, result, byId.get(result.requirement), site))
}

const labelled = (label: string, text: string | undefined): string[] =>
  text === undefined ? [] : [`${`${label}:`.padEnd(10)} ${text}`]

/** What there is to say of a result that is not as it should be, one line each. */
export const evidenceLines = ({ expected, observed, cases, exchanges, again, page }: Told): string[] => [
  ...labelled('expected', expected),
  ...labelled('observed', observed),
  ...labelled('cases', cases),
  ...exchanges.map((each, index) => `${(index === 0 ? 'exchanges:' : '').padEnd(10)} ${each}`),
  ...labelled('again', again),
  ...labelled('page', page),
]
