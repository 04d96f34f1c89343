import type { Report } from '../../schemas/index.js'
import { sha256 } from '../probe/crypto/hash.js'
import { encodeHex } from '../probe/bytes/hex.js'
import { encodeUtf8 } from '../probe/bytes/utf8.js'
import type { State } from '../runner/result.js'
import type { Requirement } from '../trace/read-requirements.js'
import { furtherFailures, outcomeOf } from './outcome.js'
import { requirementUrl } from './published-site.js'
import { lineOf, withLinksFrom, withoutLinks } from './text.js'
import { evidenceLines, tellResults, type Told } from './told.js'
import { describeVerdict } from './verdict-text.js'

type Level = 'none' | 'note' | 'warning' | 'error'

/** What the braces of placeholders and the brackets of links are in a message that has neither (SARIF 2.1.0, 3.11.5 and 3.11.6). */
const message = (text: string) => ({
  text: text.replace(/[\\[\]]/g, letter => `\\${letter}`).replace(/[{}]/g, brace => brace + brace),
})

const ofRule = (level: string): Level => (level.startsWith('MUST') ? 'error' : level === 'MAY' ? 'note' : 'warning')

const ruleOf = ({ id, level, role, chapter, line, text }: Requirement, site: string | undefined) => {
  const sentence = lineOf(withoutLinks(text))
  const helpUri = site === undefined ? undefined : requirementUrl(site, id)
  const page = helpUri ?? `spec/requirements/${chapter}.md#${id}`
  return {
    id,
    shortDescription: { text: `${id}: ${level}, ${role}` },
    fullDescription: { text: sentence },
    ...(helpUri !== undefined && { helpUri }),
    help: {
      text: `${sentence}\nspec/${chapter}.md:${line}\nsage-conformance explain ${id}`,
      markdown: `${withLinksFrom(lineOf(text), 'spec/')}\n\n[spec/${chapter}.md:${line}](spec/${chapter}.md) · [what judges it](${page}) · \`sage-conformance explain ${id}\``,
    },
    defaultConfiguration: { level: ofRule(level) },
    properties: { tags: ['sage', chapter, role], 'problem.severity': level.startsWith('MUST') ? 'error' : 'warning' },
  }
}

/** What a rule says of a requirement that the set does not hold. */
const unknownRule = (id: string) => ({
  id: lineOf(id),
  shortDescription: { text: `a requirement that is not known: ${lineOf(id)}` },
})

const locationOf = (requirement: Requirement | undefined) => ({
  physicalLocation: {
    artifactLocation: {
      uri: requirement ? `spec/${requirement.chapter}.md` : 'spec/requirements.md',
      uriBaseId: 'SRCROOT',
    },
    region: { startLine: requirement?.line ?? 1 },
  },
})

/** The same for the same finding in every run, wherever its sentence stands. */
const fingerprint = ({ check, transport, reasonCode }: Told['result']): string =>
  encodeHex(sha256(encodeUtf8(JSON.stringify([check, transport, reasonCode])))).slice(0, 32)

const textOf = (told: Told): string =>
  [`${told.title}: ${told.verdict}`, told.sentence ?? told.requirement, ...evidenceLines(told)].join('\n')

const resultOf = (told: Told, ruleIndex: number, level: Level, requirement: Requirement | undefined) => ({
  ruleId: lineOf(told.result.requirement),
  ruleIndex,
  level,
  message: message(textOf(told)),
  locations: [locationOf(requirement)],
  partialFingerprints: { primaryLocationLineHash: `${fingerprint(told.result)}:1` },
  ...(told.result.known && { suppressions: [{ kind: 'external', justification: 'a known failure' }] }),
  properties: { check: lineOf(told.result.check), transport: told.result.transport, state: told.result.state },
})

/** How much a check that gives no finding matters: it passed, or was not judged. */
const noticeLevel: Readonly<Record<State, Level>> = {
  pass: 'none',
  skip: 'none',
  'not-observed': 'note',
  blocked: 'warning',
  inconclusive: 'warning',
  error: 'error',
  fail: 'error',
  warn: 'warning',
}

const noticeOf = (told: Told, ruleIndex: number) => ({
  level: noticeLevel[told.result.state],
  message: message([`${told.title}: ${told.verdict}`, told.observed].filter(each => each !== undefined).join(': ')),
  descriptor: { id: told.result.state },
  associatedRule: { id: lineOf(told.result.requirement), index: ruleIndex },
  properties: { check: lineOf(told.result.check), transport: told.result.transport, state: told.result.state },
})

/** When the run began and ended, where it says so. */
const timesOf = ({ startedAt, seconds }: Report['run']) => {
  const [start, end] = [0, seconds].map(after => new Date(Date.parse(startedAt) + after * 1000))
  if (!start || !end || Number.isNaN(start.getTime()) || Number.isNaN(end.getTime())) return {}
  return { startTimeUtc: start.toISOString(), endTimeUtc: end.toISOString() }
}

/**
 * A report as SARIF 2.1.0. Rules are requirements; each check that does not hold is a result, at the sentence that it
 * breaks. What passed or came to no verdict is no finding in anybody's code, and stands among the notifications of the
 * invocation, which failed where the verdict is incomplete.
 */
export const encodeSarif = (report: Report, requirements: readonly Requirement[], site?: string): string => {
  const { suite, run, exitStatus, verdict } = report
  const byId = new Map<string, Requirement>(requirements.map(each => [each.id, each]))
  const ids = [...new Set(report.results.map(({ requirement }) => requirement))]
  const indexOf = new Map(ids.map((id, index) => [id, index]))
  const told = tellResults(report, requirements, site).map(each => ({
    told: each,
    rule: indexOf.get(each.result.requirement) ?? -1,
    broken: ['failed', 'tolerated'].includes(outcomeOf(each.result, run)),
  }))
  const invocation = {
    executionSuccessful: exitStatus <= 1,
    exitCode: exitStatus,
    exitCodeDescription: describeVerdict(report),
    ...timesOf(run),
    toolExecutionNotifications: [
      ...furtherFailures(report).map(why => ({
        level: 'error',
        message: message(lineOf(why)),
        descriptor: { id: 'verdict' },
      })),
      ...told.filter(({ broken }) => !broken).map(({ told, rule }) => noticeOf(told, rule)),
    ],
  }
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: lineOf(suite.name),
            semanticVersion: lineOf(suite.version),
            rules: ids.map(id => {
              const requirement = byId.get(id)
              return requirement ? ruleOf(requirement, site) : unknownRule(id)
            }),
          },
        },
        originalUriBaseIds: { SRCROOT: { description: { text: 'the root of the suite, which holds spec/' } } },
        columnKind: 'utf16CodeUnits',
        invocations: [invocation],
        results: told
          .filter(({ broken }) => broken)
          .map(({ told, rule }) =>
            resultOf(
              told,
              rule,
              told.result.state === 'fail' || run.strict ? 'error' : 'warning',
              byId.get(told.result.requirement),
            ),
          ),
        properties: { target: lineOf(report.target.url), verdict, exitStatus, report: report.digest },
      },
    ],
  }
  return `${JSON.stringify(log, null, 1)}\n`
}
