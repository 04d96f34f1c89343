import type { Report } from '../../../schemas/index.js'
import { countStates, isFailure } from '../../runner/result.js'
import { describeCoverage } from '../coverage.js'
import { describeBaseline, describeVerdict } from '../verdict-text.js'
import { markup, type Markup, type Part } from './markup.js'
import { shownStates, stateSign } from './signs.js'
import { several } from './contents.js'

type Fact = readonly [name: string, value: Part]

/** The state whose colour and sign each verdict has. */
const stateOf = {
  conformant: 'pass',
  'conformant but for known failures': 'pass',
  'not conformant': 'fail',
  incomplete: 'inconclusive',
  'suite error': 'error',
} as const

/** Why the verdict is what it is, in a sentence. */
const reasonOf = ({ verdict, problem, results, run, baseline }: Report): string => {
  if (problem !== undefined) return problem
  const counts = countStates(results)
  const judged = counts.pass + counts.warn + counts.fail
  const broken = results.filter(result => isFailure(result, run.strict) && !result.known).length
  switch (verdict) {
    case 'suite error':
      return `The suite itself failed in ${several(counts.error, 'check')}: that says nothing of what was judged.`
    case 'not conformant':
      return broken === 0 && baseline && baseline.mend.length > 0
        ? 'The list of known failures does not hold.'
        : `${broken} of ${several(judged, 'check')} that came to a verdict failed.`
    case 'conformant':
      return `${several(judged, 'check')} came to a verdict, and none failed.`
    case 'conformant but for known failures':
      return `${several(judged, 'check')} came to a verdict, and none failed that is not known to.`
    case 'incomplete':
      return judged === 0
        ? 'No check came to a verdict.'
        : `${several(counts.inconclusive + counts.blocked, 'check')} came to no verdict, though ${judged} did.`
  }
}

const code = (text: string): Markup => markup`<code>${text}</code>`

const facts = (list: readonly Fact[]): Markup =>
  markup`<dl class="facts">
    ${list.map(([name, value]) =>
      value === undefined
        ? undefined
        : markup`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
    )}
  </dl>`

const aboutTarget = ({ target, run, command }: Report): Fact[] => [
  ['DID', target.did === undefined ? undefined : code(target.did)],
  ['Name', target.name],
  ['HTTP', target.http === undefined ? undefined : code(target.http)],
  ['WebSocket', target.ws === undefined ? undefined : code(target.ws)],
  ['Judged over', run.transports.join(', ')],
  ['Capabilities', command === 'run' ? target.capabilities.join(', ') || 'none declared' : undefined],
  ['Identity rests on', target.identityRestsOn],
]

const selection = ({ only, skip }: Report['run']): string | undefined => {
  const said = [...only.map(id => `--only ${id}`), ...skip.map(id => `--skip ${id}`)]
  return said.length > 0 ? said.join(' ') : undefined
}

const aboutRun = (report: Report): Fact[] => {
  const { run, target, requirements, coverage, digest, exitStatus } = report
  return [
    ['Coverage', describeCoverage(coverage)],
    ['Known failures', describeBaseline(report)],
    ['Only a part', selection(run)],
    ['Requirements', markup`${requirements.count}, digest ${code(requirements.digest)}`],
    ['Seed', code(run.seed)],
    ['Salt', code(run.salt)],
    ['Identity', run.identity === undefined ? undefined : code(run.identity)],
    [
      'Limits',
      `answers within ${run.timeoutMs} ms, patience ${run.patienceSeconds} s, ${run.jobs} at once${run.strict ? ', strict' : ''}`,
    ],
    ['Clock of the target', `${target.clockAheadSeconds} s ahead`],
    ['Exit status', exitStatus],
    ['Digest of the report', code(digest)],
  ]
}

/** The top of the page: the verdict, what it is about, and how it came about. */
export const verdictSection = (report: Report): Markup => {
  const { verdict, target, run, command, suite } = report
  const counts = countStates(report.results)
  const state = stateOf[verdict]
  const headline = describeVerdict(report)
  const tiles = shownStates.filter(each => counts[each] > 0)
  return markup`<header class="verdict ${state}">
    <p class="kicker">SAGE 1.0 conformance of ${command === 'run' ? 'a responder' : 'an initiator'}</p>
    <h1>${stateSign(state)} ${headline.charAt(0).toUpperCase() + headline.slice(1)}</h1>
    <p class="target"><code>${target.url}</code></p>
    <p class="lead">${reasonOf(report)}</p>
    <p class="when">
      ${run.startedAt.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC')} · took ${run.seconds.toFixed(1)} s · ${suite.name} ${suite.version}
    </p>
    <ul class="tiles">
      ${tiles.map(
        each =>
          markup`<li>
            <a class="tile ${each}" href="#state=${each}"><b>${counts[each]}</b> ${stateSign(each)} ${each}</a>
          </li>`,
      )}
    </ul>
    ${facts(aboutTarget(report))}
    <details class="more">
      <summary>About this run</summary>
      ${facts(aboutRun(report))}
    </details>
  </header>`
}
