import { createHash } from 'node:crypto'
import { transports, type Report } from '../../schemas/index.js'
import { chapterRows, describeCell } from '../report/matrix.js'
import type { Requirement } from './read-requirements.js'
import { requirementDigest } from './requirement-set.js'

/** A profile of the reference, and the report on it. */
export interface JudgedProfile {
  readonly name: string
  readonly report: Report
}

/** What the page was made by: it is out of date where a sentence or a check is another. */
const basisOf = (requirements: readonly Requirement[], checks: readonly string[]): string => {
  const digest = createHash('sha256').update(checks.join('\n'), 'utf8').digest('hex')
  return `requirements ${requirementDigest(requirements).slice(0, 16)}, checks ${digest.slice(0, 16)}`
}

const row = (cells: readonly string[]): string => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(header), row(header.map(() => '---')), ...rows.map(row)].join('\n')

const matrix = (profiles: readonly JudgedProfile[], requirements: readonly Requirement[]): string => {
  const columns = profiles.flatMap(({ name, report }) => {
    const rows = new Map(chapterRows(report, requirements).map(({ chapter, cells }) => [chapter, cells]))
    return transports.map(transport => ({ name: `${name}, ${transport}`, cells: rows, transport }))
  })
  const chapters = [...new Set(requirements.map(({ chapter }) => chapter))].filter(chapter =>
    columns.some(({ cells }) => cells.has(chapter)),
  )
  const body = chapters.map(chapter => [
    `[${chapter}](../spec/requirements/${chapter}.md)`,
    String(requirements.filter(each => each.chapter === chapter).length),
    ...columns.map(({ cells, transport }) => describeCell(cells.get(chapter)?.[transport])),
  ])
  return table(['chapter', 'sentences', ...columns.map(({ name }) => name)], body)
}

/** What did not pass, with the reason, by checks; over which transports where not over all. */
const exceptions = ({ report: { results } }: JudgedProfile): string => {
  const told = results.filter(({ state }) => state !== 'pass')
  const keys = new Map(told.map(result => [`${result.check}\n${result.state}\n${result.observed ?? ''}`, result]))
  const rows = [...keys].map(([key, { check, state, observed, reasonCode }]) => {
    const over = told.filter(each => `${each.check}\n${each.state}\n${each.observed ?? ''}` === key)
    return [`\`${check}\``, over.map(({ transport }) => transport).join(', '), state, observed ?? reasonCode]
  })
  return table(['check', 'over', 'state', 'why'], rows)
}

const profileSection = (profile: JudgedProfile): string => {
  const { results, run, verdict } = profile.report
  const passed = results.filter(({ state }) => state === 'pass').length
  const heading = `## ${profile.name}: ${verdict}`
  const said = `${passed} of ${results.length} results pass (a check over a transport each), with \`--patience ${run.patienceSeconds}\`.`
  return passed === results.length
    ? [heading, said].join('\n\n')
    : [heading, `${said} The others:`, exceptions(profile)].join('\n\n')
}

/** Text of `conformance/compatibility.md`: what the reference comes to, chapter by chapter, over each transport. */
export const compatibilityPage = (
  profiles: readonly JudgedProfile[],
  requirements: readonly Requirement[],
  checks: readonly string[],
): string => `\
<!-- Made by \`npm run compatibility\` of a run against each profile. Do not edit. Basis: ${basisOf(requirements, checks)}. -->

# What the reference comes to

Requirements by chapter, profile and transport. A requirement *holds* where every check that judged it passed; it is *not judged* where there are checks of
it over that transport and none came to a verdict. What \`run\` has no check of is judged by \`run-client\`, by vectors, or by nobody: the page of its chapter says
by whom.

${matrix(profiles, requirements)}

${profiles.map(profileSection).join('\n\n')}
`

/** Was the page made by these requirements and checks? */
export const isCompatibilityCurrent = (
  page: string,
  requirements: readonly Requirement[],
  checks: readonly string[],
): boolean => page.includes(`Basis: ${basisOf(requirements, checks)}. -->`)
